"""Small projects of several files, after layouts of public repositories: what `plan` joins them to.

Each folder of `layouts` is a project. Its `expected.yaml` lists the runs in the order of `plan`; of each it tells
some quantities of the plan (null: not known), the place some settings come from, and the documents that take part.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
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
    assert len(PROJECTS) >= 25


def test_nothing_outside_of_the_project_is_opened(tmp_path: Path) -> None:
    """A project that names files above it and behind links: everything that is opened lies in it, or is our own."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "base.yaml").write_text("base_model: x\nmax_steps: 7\n", encoding="utf-8")
    (outside / "train.py").write_text("import torch\n", encoding="utf-8")
    (tmp_path / "run.sh").write_text("torchrun --nproc_per_node 2 project/train.py\n", encoding="utf-8")
    project = copied("hydra_template", tmp_path)
    (project / "link.yaml").symlink_to(outside / "base.yaml")
    (project / "linked").symlink_to(outside)
    texts = {
        "up.yaml": "_BASE_: ../outside/base.yaml\nmicro_batch_size: 2\n",
        "absolute.yaml": f"_BASE_: {outside}/base.yaml\nmicro_batch_size: 2\n",
        "through.yaml": "_BASE_: linked/base.yaml\nbase_model: y\nmicro_batch_size: 2\n",
        "home.yaml": "_BASE_: ~/base.yaml\nbase_model: y\nmicro_batch_size: 2\n",
        "groups.yaml": "defaults:\n  - ../outside/base\n  - _self_\n  - linked: base\ntrainer: {max_epochs: 1}\n",
        "go.sh": "cd ..\npython outside/train.py\naccelerate launch --config_file ~/x.yaml ../outside/train.py\n",
        "Makefile": f"train:\n\tpython {outside}/train.py --config {outside}/base.yaml\n",
        "load.py": f"import yaml\nfrom omegaconf import OmegaConf\na = yaml.safe_load(open('{outside}/base.yaml'))\n"
        "b = OmegaConf.load('../outside/base.yaml')\nexec(open('../outside/train.py').read())\n",
    }
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
    opened = subprocess.run(
        [sys.executable, "-c", WATCHED, str(project)], capture_output=True, text=True, check=True, cwd=project
    ).stdout.split("\n")
    inside = [path for path in opened if path.startswith(str(project))]
    assert any(path.endswith("configs/trainer/default.yaml") for path in inside)
    beside = (str(tmp_path), os.path.expanduser("~/x"))
    strange = [path for path in opened if path.startswith(beside) and path not in inside]
    assert strange == []


# Plans a project and prints the real path of everything that is opened meanwhile.
WATCHED = """
import contextlib, io, os, sys
from epochlint.cli import main
opened = []
def watch(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str):
        opened.append(os.path.realpath(arguments[0]))
sys.addaudithook(watch)
with contextlib.redirect_stdout(io.StringIO()):
    assert main(["plan", "."]) == 0
    main(["check", ".", "--exit-zero"])
print("\\n".join(opened))
"""
