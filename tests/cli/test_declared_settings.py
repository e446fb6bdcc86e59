"""`epochlint plan` of files that declare training settings without a run that is recognised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from epochlint.cli import main

CONFIG = "_C.TRAIN.LR = 0.1\n_C.TRAIN.EPOCHS = 300\n_C.TRAIN.WARMUP_STEPS = 5 * 100\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "config.py").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("here")
def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "config.py"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "config.py: no run recognised; 2 training settings declared, by their names:",
        "  epochs        300  EPOCHS (line 2)",
        "  warmup_steps  500  WARMUP_STEPS = 5 * 100 (line 3)",
        "",
        "Planned 1 file: no training run recognised",
    ]


@pytest.mark.usefixtures("here")
def test_json_has_the_form_of_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plan", "config.py", "--output-format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["runs"] == []
    assert document["declared"][1] == {
        "quantity": "warmup_steps", "option": "WARMUP_STEPS", "value": 500, "expression": "5 * 100",
        "path": "config.py", "line": 3, "column": 1, "end_line": 3, "end_column": 32,
        "origin": "computed", "how": "attribute",
    }  # fmt: skip


@pytest.mark.usefixtures("here")
def test_a_check_says_nothing_of_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "config.py", "--show-notes"]) == 0
    assert "EPOCHS" not in capsys.readouterr().out


def test_of_many_files_only_how_many_there_are(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(11):
        (here / f"config{number}.py").write_text(CONFIG, encoding="utf-8")
    main(["plan", "."])
    assert "No run recognised in 12 files that declare 24 training settings" in capsys.readouterr().out


def test_where_a_run_is_recognised_its_plan_says_it_all(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "fit.py").write_text("import keras\nkeras.Sequential().fit([1], epochs=2)\n", encoding="utf-8")
    main(["plan", "fit.py"])
    assert "declared" not in capsys.readouterr().out
