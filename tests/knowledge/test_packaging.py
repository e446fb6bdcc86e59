"""The wheel carries the data files and the compiled catalogue, and finds them from a foreign directory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from epochlint.knowledge.loading import check_sources

ROOT = Path(__file__).resolve().parents[2]
MISSING = [name for name in ("hatchling", "pip") if find_spec(name) is None]


def test_our_own_data_files_have_no_errors() -> None:
    assert [str(error) for error in check_sources([str(ROOT)])] == []


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel and unpack it: what an installation would put into site-packages."""
    if MISSING:
        pytest.skip(f"{' and '.join(MISSING)} is not installed: no wheel can be built")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-build-isolation", "--no-deps", "-w", str(folder)]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_the_wheel_has_all_data_files(installed: Path) -> None:
    for kind in ("frameworks", "schedules", "apis", "launchers", "vocabulary", "rules"):
        ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / kind).rglob("*.yaml")}
        theirs = {path.relative_to(installed / "epochlint").as_posix() for path in installed.rglob(f"{kind}/**/*.yaml")}
        assert theirs == ours
    assert (installed / "epochlint" / "py.typed").is_file()
    assert (installed / "epochlint" / "knowledge" / "schemas" / "rule.json").is_file()
    assert (installed / "epochlint" / "_catalogue" / "catalogue.bin").is_file()


def run(installed: Path, tmp_path: Path, program: str) -> str:
    home = tmp_path / "home"
    environment = {"PYTHONPATH": str(installed), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LOOK = (
    "import sys; from epochlint.knowledge.store import Catalogue; catalogue = Catalogue.default()\n"
    "for name in catalogue.framework_names: catalogue.framework(name)\n"
    "print(len(catalogue.framework_names), len(catalogue.index.rules), catalogue.errors,"
    " sorted({'yaml', 'jsonschema', 'ast'} & set(sys.modules)))"
)


def test_the_compiled_catalogue_is_used_as_it_is(installed: Path, tmp_path: Path) -> None:
    frameworks, rules = (len(list((ROOT / kind).rglob("*.yaml"))) for kind in ("frameworks", "rules"))
    assert run(installed, tmp_path, LOOK) == f"{frameworks} {rules} () []"
    assert not (tmp_path / "home").exists(), "nothing is written for an installed catalogue"


def test_a_damaged_installation_compiles_its_data_again(installed: Path, tmp_path: Path) -> None:
    compiled = installed / "epochlint" / "_catalogue" / "catalogue.bin"
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[: len(whole) // 2])
    try:
        first, second = (run(installed, tmp_path, LOOK) for _ in range(2))
    finally:
        compiled.write_bytes(whole)
    assert first.endswith("['ast', 'jsonschema', 'yaml']")
    assert second.endswith("[]"), "the second start finds the cache"
