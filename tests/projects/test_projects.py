"""Small projects of several files, after layouts of public repositories: what `plan` joins them to.

Each folder of `layouts` is a project. Its `expected.yaml` lists the runs in the order of `plan`; of each it tells
some quantities of the plan (null: not known), the place some settings come from, and the documents that take part.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from epochlint.cli import main

HERE = Path(__file__).parent / "layouts"
PROJECTS = sorted(path.parent.name for path in HERE.glob("*/expected.yaml"))


def copied(name: str, folder: Path) -> Path:
    """Copy a project to where nothing above it is part of it."""
    project = folder / "project"
    shutil.copytree(HERE / name, project, ignore=shutil.ignore_patterns("expected.yaml"))
    (project / ".git").mkdir()
    return project


def runs_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["plan", "--output-format", "json", *arguments]) == 0
    runs: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["runs"]
    return runs


def told(run: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return of a run what is wanted of it."""
    found: dict[str, Any] = {"framework": run["framework"]}
    if "plan" in wanted:
        found["plan"] = {name: run["plan"][name]["value"] for name in wanted["plan"]}
    if "bounds" in wanted:
        found["bounds"] = {name: run["plan"][name]["bounds"] for name in wanted["bounds"]}
    if "places" in wanted:
        places = {one["option"]: f"{one['path']}:{one['line']}" for one in run["settings"] if one["path"]}
        found["places"] = {option: places.get(option) for option in wanted["places"]}
    if "documents" in wanted:
        found["documents"] = sorted(one["path"] for one in run["documents"])
    if "outcome" in wanted:
        found["outcome"] = run["outcome"]["kind"]
    return found


@pytest.mark.parametrize("name", PROJECTS)
def test_project(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = yaml.safe_load((HERE / name / "expected.yaml").read_text(encoding="utf-8"))
    monkeypatch.chdir(copied(name, tmp_path))
    assumed = [word for pair in expected.get("assume", {}).items() for word in ("--assume", f"{pair[0]}={pair[1]}")]
    runs = runs_of([*assumed, *expected.get("paths", ["."])], capsys)
    found = [told(run, wanted) for run, wanted in zip(runs, expected["runs"], strict=False)]
    assert found == expected["runs"]
    assert len(runs) == len(expected["runs"]), [run["name"] for run in runs]


def test_there_are_projects() -> None:
    assert len(PROJECTS) >= 9
