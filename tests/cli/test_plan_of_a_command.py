"""`epochlint plan -- COMMAND`: the command is read as if it stood in a shell script, and nothing is ever run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from epochlint.cli import main

SCRIPT = """\
from transformers import HfArgumentParser, Trainer, TrainingArguments

(args,) = HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()
Trainer(model=model, args=args, train_dataset=data).train()
"""
FLAGS = ["train.py", "--output_dir", "out", "--per_device_train_batch_size", "4", "--max_steps", "500"]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "code/other.sh").write_text("torchrun --nproc_per_node 2 train.py --max_steps 7\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "code")
    return tmp_path


def planned(words: list[str], capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["plan", "--output-format", "json", *options, "--", *words]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    return dict(run)


def test_the_command_gives_processes_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    run = planned(["torchrun", "--nproc_per_node", "8", *FLAGS], capsys)
    plan = run["plan"]
    assert [plan[name]["value"] for name in ("world_size", "global_batch_size", "total_steps")] == [8, 32, 500]
    paths = {(one["path"], one["because"].partition(" ")[0]) for one in run["documents"]}
    assert ("<command line>", "gives") in paths
    assert not any(path.endswith("other.sh") for path, _ in paths)


def test_the_place_is_in_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["torchrun", "--nproc_per_node", "8", *FLAGS]
    setting = next(one for one in planned(words, capsys)["settings"] if one["option"] == "max_steps")
    assert (setting["path"], setting["line"], setting["column"]) == ("<command line>", 1, len(" ".join(words)) - 2)


def test_one_word_is_a_line_of_shell(capsys: pytest.CaptureFixture[str]) -> None:
    run = planned([f"GPUS=4; torchrun --nproc_per_node $GPUS {' '.join(FLAGS)}"], capsys)
    assert run["plan"]["world_size"]["value"] == 4


def test_assumptions_go_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    run = planned(["python", *FLAGS], capsys, "--assume", "world_size=3")
    assert run["plan"]["world_size"]["value"] == 3


def test_nothing_is_run(project: Path) -> None:
    assert main(["plan", "--", f"touch made; python {' '.join(FLAGS)}"]) == 0
    assert not (project / "code/made").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan", "--", "ls", "-l"], "starts no script"),
        (["plan", "--", "python", "absent.py"], "starts absent.py, and this project has no such file"),
        (["plan", "--", "torchrun", "--nproc_per_node", "2", "-m", "gone.train"], "starts gone/train.py, and"),
        (["plan", "train.py", "--", "python", "train.py"], "behind -- stands a command"),
        (["plan", "--"], "behind -- a command"),
    ],
)
def test_wrong_use(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
