"""Frameworks that are `verified: derived`: examples worked by hand from the source lines that their files name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
LEAST = 10
ALL = sorted(path for path in HERE.glob("*.yaml"))


def runs_in(folder: Path) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-m", "epochlint", "plan", ".", "--output-format", "json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return {run["documents"][0]["path"].partition("/")[0]: run for run in json.loads(told.stdout)["runs"]}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_examples_worked_by_hand(path: Path, tmp_path: Path) -> None:
    examples = yaml.safe_load(path.read_text())
    assert len(examples) >= LEAST
    for number, example in enumerate(examples):
        folder = tmp_path / f"e{number}"
        folder.mkdir()
        (folder / example["file"]).write_text(example["text"])
    runs = runs_in(tmp_path)
    for number, example in enumerate(examples):
        run = runs[f"e{number}"]
        assert run["framework"] == path.stem, example
        found = {name: run["plan"][name]["value"] for name in example.get("plan", {})}
        assert found == pytest.approx(example.get("plan", {}), rel=1e-9), example["text"]
        for event, steps in example.get("events", {}).items():
            assert run["events"][event] == steps, example["text"]
        for moment, rate in example.get("rate", {}).items():
            assert run["learning_rate"][moment] == pytest.approx(rate, rel=1e-6), example["text"]
        if "raises" in example:
            assert (run["outcome"]["kind"], run["outcome"]["error"]) == ("raises", example["raises"]), example["text"]
