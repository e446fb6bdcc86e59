"""What a start may import, and that work at the start does not grow with the catalogue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Modules that only fixes, data files that changed, and the language server need.
HEAVY = {
    "libcst",
    "jsonschema",
    "pygls",
    "asyncio",
    "dataclasses",
    "logging",
    "importlib.metadata",
    "concurrent.futures",
}
PARSING = {"yaml", "ast", "tomllib", "fractions"}
# What only scripts and commands need.
SCRIPTS = {
    "epochlint.scripts.facts",
    "epochlint.dialects.thing_views",
    "epochlint.dialects.loops",
    "epochlint.dialects.commands",
    "epochlint.runs.launching",
}

REPORT = (
    "import sys; from epochlint.__main__ import main\n"
    "try:\n    main()\nexcept SystemExit:\n    pass\n"
    "sys.stderr.write('\\n'.join(sys.modules))"
)


def _modules_of(arguments: list[str], folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stderr.split())


@pytest.fixture(scope="module", autouse=True)
def _fresh_catalogue(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the catalogue be compiled once, so that what is measured is an ordinary start."""
    _modules_of(["check", "."], tmp_path_factory.mktemp("empty"))


@pytest.mark.parametrize(
    ("name", "text", "forbidden"),
    [
        ("nothing.py", "import os\nprint(os.getcwd())\n", HEAVY | PARSING | {"epochlint.plan.planning", "json"}),
        (
            "train.json",
            '{"output_dir": "x", "per_device_train_batch_size": 8, "max_steps": 100}',
            HEAVY | SCRIPTS | {"yaml", "ast", "re"},
        ),
        ("train.yaml", "output_dir: x\nper_device_train_batch_size: 8\nmax_steps: 100\n", HEAVY | SCRIPTS | {"re"}),
        ("train.py", "import keras\nkeras.Sequential().fit([1], epochs=2)\n", HEAVY | {"yaml"}),
    ],
)
def test_a_check_imports_no_more_than_it_needs(name: str, text: str, forbidden: set[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    loaded = _modules_of(["check", name], tmp_path)
    assert "epochlint.session" in loaded
    assert not loaded & forbidden


def test_the_version_needs_nothing(tmp_path: Path) -> None:
    assert not _modules_of(["--version"], tmp_path) & (HEAVY | PARSING | {"epochlint.session"})
