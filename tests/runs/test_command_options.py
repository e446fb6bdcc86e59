"""What a launch command gives beats the default that the script declares, also in what is computed from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import number, place, plan_of, plans_of

SCRIPT = """\
import argparse
from transformers import Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("-b", "--batch-size", type=int, default=8)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--total", type=int, default=64)
parser.add_argument("--drop", action="store_true")
parser.add_argument("--limit", type=lambda text: int(text) * 1000, default=-1)
options = parser.parse_args()
arguments = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=options.batch_size,
    gradient_accumulation_steps=options.total // options.batch_size,
    num_train_epochs=options.epochs,
    dataloader_drop_last=options.drop,
    max_steps=options.limit,
)
Trainer(model=model, args=arguments, train_dataset=data).train()
"""


@pytest.mark.parametrize(
    ("command", "batch", "window", "epochs", "drops"),
    [
        ("python train.py", 8, 8, 3, False),
        ("python train.py --batch-size 16 --epochs=7 --drop", 16, 4, 7, True),
        ("BS=32\ntorchrun train.py -b $BS", 32, 2, 3, False),
        ("python train.py --epochs 7 --epochs 9", 8, 8, 9, False),
        ("python train.py --epochs $(cat epochs)", 8, 8, None, False),
        ("python train.py --elsewhere 7", 8, 8, 3, False),
    ],
)
def test_a_command_beats_the_default(
    tmp_path: Path, command: str, batch: int, window: int, epochs: int | None, drops: bool
) -> None:
    plan = plan_of(tmp_path, {"train.py": SCRIPT, "run.sh": f"{command}\n"})
    found = [number(plan, name) for name in ("micro_batch_size", "gradient_accumulation_steps", "epochs", "drop_last")]
    assert found == [batch, window, epochs, drops]


def test_the_place_is_that_of_the_number_in_the_command(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"train.py": SCRIPT, "run.sh": "BS=32\npython train.py -b $BS --epochs 7\n"})
    assert (place(plan, "micro_batch_size"), place(plan, "epochs")) == ("run.sh:1", "run.sh:2")


def test_what_a_function_makes_of_a_word_is_not_known(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, {"train.py": SCRIPT, "run.sh": "python train.py --limit 7\n"}, dataset_size=80)
    assert number(plan, "total_steps") is None


def test_two_commands_are_two_runs(tmp_path: Path) -> None:
    files = {"train.py": SCRIPT, "run.sh": "python train.py --epochs 1\npython train.py --epochs 2\n"}
    assert [number(plan, "epochs") for _, plan in plans_of(tmp_path, files)] == [1, 2]


def test_fields_of_the_scripts_own_dataclass(tmp_path: Path) -> None:
    script = """\
from dataclasses import dataclass
from transformers import HfArgumentParser, Trainer, TrainingArguments

@dataclass
class Own:
    bs: int = 8
    rounds: int = 3

(own,) = HfArgumentParser(Own).parse_args_into_dataclasses()
arguments = TrainingArguments(output_dir="out", per_device_train_batch_size=own.bs, num_train_epochs=own.rounds)
Trainer(model=model, args=arguments, train_dataset=data).train()
"""
    plan = plan_of(tmp_path, {"train.py": script, "run.sh": "python train.py --bs 24\n"})
    assert (number(plan, "micro_batch_size"), number(plan, "epochs")) == (24, 3)
