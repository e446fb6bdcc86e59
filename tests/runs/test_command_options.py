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


# --- other libraries that make command lines -------------------------------------------------------------------------

MAKES = """
arguments = TrainingArguments(output_dir="out", per_device_train_batch_size={batch}, num_train_epochs={epochs})
Trainer(model=model, args=arguments, train_dataset=data).train()
"""
IMPORTS = "from transformers import Trainer, TrainingArguments\n"


def _body(batch: str, epochs: str) -> str:
    return "".join(f"    {line}\n" for line in MAKES.format(batch=batch, epochs=epochs).strip().splitlines())


CLICK = f"""\
import click
{IMPORTS}
@click.command()
@click.option("--batch-size", "-b", default=8)
@click.option("--rounds", "epochs", type=int, default=3)
@click.option("--verbose/--quiet", default=False)
def main(batch_size, epochs, verbose):
{_body("batch_size", "epochs")}
main()
"""
TYPER = f"""\
import typer
{IMPORTS}
app = typer.Typer()

@app.command()
def main(batch_size: int = 8, epochs: int = typer.Option(3, "--rounds", "-r")):
{_body("batch_size", "epochs")}
app()
"""
TYPER_RUN = f"""\
import typer
{IMPORTS}
def main(batch_size: int = 8, rounds: int = 3):
{_body("batch_size", "rounds")}
typer.run(main)
"""
FIRE = f"""\
import fire
{IMPORTS}
def main(batch_size: int = 8, rounds: int = 3):
{_body("batch_size", "rounds")}
fire.Fire(main)
"""
TYRO = f"""\
from dataclasses import dataclass
import tyro
{IMPORTS}
@dataclass
class Options:
    batch_size: int = 8
    rounds: int = 3

options = tyro.cli(Options)
{MAKES.format(batch="options.batch_size", epochs="options.rounds")}"""
SIMPLE = TYRO.replace("import tyro", "import simple_parsing").replace("tyro.cli(", "simple_parsing.parse(")


@pytest.mark.parametrize("script", [CLICK, TYPER, TYPER_RUN, FIRE, TYRO, SIMPLE])
@pytest.mark.parametrize(
    ("words", "expected"),
    [("", [8, 3]), ("--batch-size 32", [32, 3]), ("--rounds=5 --batch-size=16", [16, 5]), ("--rounds $N", [8, None])],
)
def test_libraries_of_command_lines(tmp_path: Path, script: str, words: str, expected: list[object]) -> None:
    plan = plan_of(tmp_path, {"train.py": script, "run.sh": f"python train.py {words}\n"})
    assert [number(plan, name) for name in ("micro_batch_size", "epochs")] == expected


@pytest.mark.parametrize(("script", "words"), [(CLICK, "-b 32"), (TYPER, "-r 5"), (FIRE, "--batch_size=32")])
def test_short_names_and_underscores(tmp_path: Path, script: str, words: str) -> None:
    plan = plan_of(tmp_path, {"train.py": script, "run.sh": f"python train.py {words}\n"})
    assert [number(plan, name) for name in ("micro_batch_size", "epochs")] in ([32, 3], [8, 5])


def test_fields_of_fields_are_written_with_a_dot(tmp_path: Path) -> None:
    script = f"""\
from dataclasses import dataclass, field
import tyro
{IMPORTS}
@dataclass
class Data:
    batch_size: int = 8

@dataclass
class Options:
    rounds: int = 3
    data: Data = field(default_factory=Data)

options = tyro.cli(Options)
{MAKES.format(batch="options.data.batch_size", epochs="options.rounds")}"""
    plan = plan_of(tmp_path, {"train.py": script, "run.sh": "python train.py --data.batch-size 64 --rounds 2\n"})
    assert [number(plan, name) for name in ("micro_batch_size", "epochs")] == [64, 2]


def test_a_parameter_without_a_default_is_a_word_of_its_own(tmp_path: Path) -> None:
    script = FIRE.replace("batch_size: int = 8", "batch_size: int")
    plan = plan_of(tmp_path, {"train.py": script, "run.sh": "python train.py 24 --rounds 2\n"})
    assert [number(plan, name) for name in ("micro_batch_size", "epochs")] == [24, 2]
