"""Settings that the commands of a shell file give, whatever they start."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from epochlint import session
from epochlint.configuration.options import Options


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def of(text: str) -> list[tuple[str, object, int]]:
        (tmp_path / "run.sh").write_text(dedent(text).lstrip("\n"), "utf-8")
        monkeypatch.chdir(tmp_path)
        found = session.plan(("run.sh",), Options()).declared
        return [(one.quantity, one.value, one.place.line) for one in found]

    return of


def test_flags_of_a_program_that_nobody_knows(declared) -> None:  # type: ignore[no-untyped-def]
    text = """
        horovodrun -np 8 bash bind.sh -- python3 main.py \\
          --max_epochs 3 \\
          --train_batch_size 512 --eval_batch_size=256 \\
          --memory_limit 81000
    """
    assert declared(text) == [
        ("world_size", 8, 1), ("epochs", 3, 2), ("micro_batch_size", 512, 3), ("eval_batch_size", 256, 3),
    ]  # fmt: skip


def test_a_variable_is_told_where_it_is_set_and_where_it_is_given(declared) -> None:  # type: ignore[no-untyped-def]
    text = """
        STEPS="${STEPS:-50}"
        python -m pkg.train config.yml steps=${STEPS} learning_rate=1e-4
    """
    assert declared(text) == [("max_steps", 50, 1), ("max_steps", 50, 2)]


def test_variables_before_the_command(declared) -> None:  # type: ignore[no-untyped-def]
    text = """
        TRAIN_STEPS=2900 \\
        torchrun --nnodes=1 --nproc_per_node=4 train_gpt.py
    """
    assert declared(text) == [("max_steps", 2900, 1), ("world_size", 1, 2), ("world_size", 4, 2)]


def test_a_file_that_is_read_in_between_may_change_everything_and_rarely_does(declared) -> None:  # type: ignore[no-untyped-def]
    text = """
        EPOCHS=3
        source "$SECRETS"
        python train.py --epochs $EPOCHS --learning_rate 0.1
    """
    assert declared(text) == [("epochs", 3, 1), ("epochs", 3, 3)]


def test_what_does_not_train_declares_nothing(declared) -> None:  # type: ignore[no-untyped-def]
    text = """
        python serve.py --batch_size 8 --max_tokens 100
        torchrun --nproc_per_node 8 generate.py --batch_size 4
        python etl.py --batch-size 1000 --interval 10
    """
    assert declared(text) == []
