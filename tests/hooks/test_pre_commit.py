"""The hooks as pre-commit itself sees them: a valid manifest, and a real run in a repository with a mistake in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))

WRONG = """\
output_dir: out
per_device_train_batch_size: 8
num_train_epochs: 3
max_steps: 500
"""
RIGHT = WRONG.replace("max_steps: 500\n", "")
# What pip says when no package index can be reached.
OFFLINE = ("No matching distribution", "NewConnectionError", "Could not find a version", "Network is unreachable")


def _run(*command: str, folder: Path, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}
    if home is not None:
        environment["PRE_COMMIT_HOME"] = str(home)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )


@pytest.fixture(scope="module")
def pre_commit() -> str:
    beside = Path(sys.executable).with_name("pre-commit")
    found = str(beside) if beside.exists() else shutil.which("pre-commit")
    if found is None:
        pytest.skip("pre-commit is not installed")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return found


def _git(folder: Path, *arguments: str) -> None:
    done = _run("git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr


def _repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "begin")
    return folder


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the hooks as the checkout has them now; only what a package needs."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("src", "frameworks", "schedules", "apis", "launchers", "rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_catalogue"))
    return _repository(folder, {})


def test_the_manifest_is_valid(pre_commit: str) -> None:
    done = _run(pre_commit, "validate-manifest", str(MANIFEST), folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_one_process_sees_all_files_and_leaves_out_what_is_excluded(hook: dict[str, Any]) -> None:
    assert hook["require_serial"] is True
    assert "--force-exclude" in hook["entry"].split()


def test_a_mistake_stops_a_commit(pre_commit: str, hooks: Path, tmp_path: Path) -> None:
    """The real program builds the hooks in an environment of its own, and runs all of them on a small repository."""
    files = {
        "conf/train.yaml": WRONG,
        "conf/good.yaml": RIGHT,
        "old/train.yaml": WRONG,
        "pyproject.toml": '[tool.epochlint]\nexclude = ["old/"]\n',
        "run.sbatch": "#!/bin/bash\ntorchrun --nproc_per_node 8 train.py\n",
    }
    repository = _repository(tmp_path / "project", files)
    done = _run(pre_commit, "try-repo", str(hooks), "--all-files", folder=repository, home=tmp_path / "home")
    said = done.stdout + done.stderr
    if any(sign in said for sign in OFFLINE):
        pytest.skip(f"no package index can be reached: {said[-300:]}")
    assert done.returncode == 1, said
    ended = dict(re.findall(r"^epochlint(?: \((.*)\))?\.+(\w+)$", said, re.MULTILINE))
    assert ended == {"": "Failed", "project": "Failed", "launch files": "Passed"}, said
    assert said.count("warning[steps-override-epochs]") == 2
    assert said.count("conf/train.yaml:4:12") == 2
    assert "good.yaml" not in said
    assert "old/train.yaml" not in said
