"""What nobody could read may hold anything: then an absent option is unknown, not absent."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_projects import check, number, plan_of

PINNED = {"requirements.txt": "transformers==5.0.0\n"}
EVALUATES = 'args = TrainingArguments(output_dir="o", eval_strategy="steps", eval_steps=10, max_steps=1000)\n'
START = "from transformers import Trainer, TrainingArguments\nfrom elsewhere import data, model\n"


@pytest.mark.parametrize(
    ("trainer", "refused"),
    [
        ("trainer = Trainer(model=model, args=args)\n", True),
        ("trainer = Trainer(**dict(model=model, args=args))\n", True),
        ("trainer = Trainer(model=model, args=args, **data())\n", False),
        ("more = dict(model=model, args=args)\nmore.update(data())\ntrainer = Trainer(**more)\n", False),
    ],
)
def test_a_data_set_may_be_in_a_mapping_that_nobody_can_read(tmp_path: Path, trainer: str, refused: bool) -> None:
    files = {**PINNED, "train.py": START + EVALUATES + trainer + "trainer.train()\n"}
    assert [finding.name for finding in check(tmp_path, files).findings] == ["framework-refuses"] * refused


@pytest.mark.parametrize(
    ("config", "batch"),
    [("{}", 8), ("{'split_batches': True}", 4), ("data()", None), ("dict(even_batches=True, **data())", None)],
)
def test_an_option_may_be_in_a_mapping_that_nobody_can_read(tmp_path: Path, config: str, batch: int | None) -> None:
    arguments = f'args = TrainingArguments(output_dir="o", max_steps=100, accelerator_config={config})\n'
    text = START + arguments + "Trainer(model=model, args=args, train_dataset=model).train()\n"
    plan = plan_of(tmp_path, {**PINNED, "train.py": text}, world_size=2, dataset_size=1000)
    assert number(plan, "micro_batch_size") == batch


def test_a_file_that_is_not_there_may_hold_an_option(tmp_path: Path) -> None:
    arguments = 'args = TrainingArguments(output_dir="o", max_steps=100, deepspeed="elsewhere.json")\n'
    files = {**PINNED, "train.py": START + arguments + "Trainer(model=model, args=args).train()\n"}
    plan = plan_of(tmp_path, files, world_size=1)
    assert (number(plan, "micro_batch_size"), number(plan, "total_steps")) == (8, 100)
    assert plan.rate.first is None  # its schedule may be the file's


def test_an_assumption_gives_an_option(tmp_path: Path) -> None:
    arguments = (
        'args = TrainingArguments(output_dir="o")\nTrainer(model=model, args=args, train_dataset=model).train()\n'
    )
    assert number(plan_of(tmp_path, {"train.py": START + arguments}, max_steps=100), "total_steps") == 100
    assert number(plan_of(tmp_path, {}, max_steps=-1, dataset_size=80, world_size=1), "total_steps") == 30
