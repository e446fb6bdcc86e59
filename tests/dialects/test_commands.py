"""Options of commands as settings: how they are written, what is not known of them, and which framework they tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.dialects.commands import CommandView, FlagView, flags_in, value_of
from epochlint.expressions.values import Known, Unknown
from epochlint.places import Place
from epochlint.sources.documents import Word

HERE = Place("run.sh", 1, 1, 1, 2)


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, HERE, not word.startswith("$")) for word in text.split())


def _values(text: str) -> dict[str, object]:
    flags, _ = flags_in(_words(text))
    values = {flag.name: value_of(flag) for flag in flags}
    return {name: value.value if isinstance(value, Known) else Unknown for name, value in values.items()}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("--epochs 3 --lr=1e-4", {"epochs": 3, "lr": 1e-4}),
        ("--train-iters 10 --save", {"train_iters": 10, "save": True}),
        ("--betas 0.9 0.95 --bf16", {"betas": (0.9, 0.95), "bf16": True}),
        ("--epochs 3 --epochs 4", {"epochs": 4}),
        ("--style none", {"style": "none"}),
        ("epochs=3 device=[0,1] cfg=none amp=False", {"epochs": 3, "device": (0, 1), "cfg": None, "amp": False}),
        ("device=0,1 +data.size=3", {"device": "0,1", "data.size": 3}),
        ("--epochs=3 extra", {"epochs": 3}),
        ("--epochs $EPOCHS --shift -1", {"epochs": Unknown, "shift": -1}),
    ],
)
def test_options_of_a_command(text: str, values: dict[str, object]) -> None:
    assert _values(text) == values


def test_words_that_may_be_any_option_leave_a_command_incomplete() -> None:
    assert CommandView(_words("--epochs 3"), HERE).complete
    assert not CommandView(_words("$ARGS --epochs 3"), HERE).complete


def test_an_option_knows_where_its_value_stands() -> None:
    view = CommandView(_words("--epochs 3"), HERE).part("epochs")
    assert isinstance(view, FlagView)
    assert (view.written().place, view.written().text, view.written().origin) == (HERE, "3", "command")


_MEGATRON = "--num-layers 2 --hidden-size 8 --num-attention-heads 4 --micro-batch-size 2 --global-batch-size 16"


@pytest.mark.parametrize(
    ("text", "framework", "processes"),
    [
        (f"torchrun --nproc_per_node 4 pretrain_gpt.py {_MEGATRON} --train-iters 10\n", "megatron-lm", 4),
        ("yolo detect train data=a.yaml epochs=3\n", "ultralytics", 1),
        ("yolo detect predict epochs=3\n", None, None),
        (f"torchrun train.py {_MEGATRON} --train-iters 10 --deepspeed\n", None, None),
        (f"echo {_MEGATRON}\n", None, None),
        ("torchrun train.py --micro-batch-size 2 --train-iters 10\n", None, None),
    ],
)
def test_a_command_tells_its_framework(tmp_path: Path, text: str, framework: str | None, processes: int | None) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "run.sh").write_text(text)
    pairs = session.plan((str(tmp_path),), Options()).plans
    assert [run.framework.name for run, _ in pairs] == ([framework] if framework else [])
    for _, plan in pairs:
        assert dict(plan.quantities)["world_size"].value == Known(processes)


def test_a_command_of_a_notebook_is_a_run(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["!yolo train data=a.yaml epochs=3"]}
    (tmp_path / "run.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert [run.framework.name for run, _ in session.plan((str(tmp_path),), Options()).plans] == ["ultralytics"]
