"""The hooks that other repositories use through pre-commit."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from epochlint.cli.arguments import parse

HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)


def test_there_are_three() -> None:
    assert [hook["id"] for hook in HOOKS] == ["epochlint", "epochlint-project", "epochlint-launch"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_a_hook_calls_what_exists_and_in_one_process(hook: dict[str, Any]) -> None:
    program, command, *arguments = shlex.split(hook["entry"])
    assert (program, command) == ("epochlint", "check")
    parsed = parse(command, [*arguments, "conf/train.yaml"])
    assert parsed.paths[-1] == "conf/train.yaml"
    assert hook["require_serial"] is True
    assert hook["language"] == "python"
    # Files that pre-commit names are left out if the configuration leaves them out.
    assert parsed.force_exclude or hook["pass_filenames"] is False


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("run.sbatch", True),
        ("a/run.slurm", True),
        (".env", True),
        ("a/prod.env", True),
        ("x.gin", True),
        ("env.txt", False),
    ],
)
def test_launch_files_are_found_by_name(path: str, meant: bool) -> None:
    assert bool(re.search(HOOKS[2]["files"], path)) is meant
