"""Numbers that the running framework tells the script, and objects that a command line makes from a configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = """
import lightning as L
import torch
from lightning.pytorch.cli import LightningCLI, OptimizerCallable
from torch.utils.data import DataLoader, TensorDataset


class Net(L.LightningModule):
    def __init__(self, rate: float = 0.5, optimizer: OptimizerCallable = torch.optim.SGD):
        super().__init__()
        self.rate = rate
        self.make = optimizer

    def training_step(self, batch, index):
        return batch[0].sum()

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.rate)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=self.rate, total_steps={length})
        return {{"optimizer": optimizer, "lr_scheduler": {{"scheduler": scheduler, "interval": "step"}}}}


class Rows(L.LightningDataModule):
    def __init__(self, batch_size: int = 5):
        super().__init__()
        self.batch_size = batch_size

    def train_dataloader(self):
        return DataLoader(TensorDataset(torch.zeros(100, 3)), batch_size=self.batch_size)

"""


def planned(folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "epochlint", "plan", ".", "--output-format", "json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["runs"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("trainer", "length", "outcome", "peak"),
    [
        ("max_epochs=3", "self.trainer.estimated_stepping_batches", "completes", 0.5),
        ("max_epochs=3, max_steps=7", "self.trainer.estimated_stepping_batches", "completes", 0.5),
        ("max_epochs=3, accumulate_grad_batches=4", "self.trainer.estimated_stepping_batches", "completes", 0.5),
        ("max_epochs=3", "self.trainer.max_epochs * self.trainer.num_training_batches", "completes", 0.5),
        ("max_epochs=3", "self.trainer.max_epochs", "raises", None),  # too short: 60 steps
        ("max_epochs=-1", "self.trainer.estimated_stepping_batches", "raises", None),  # it is endless
    ],
)
def test_what_the_trainer_tells_is_what_the_plan_knows(
    tmp_path: Path, trainer: str, length: str, outcome: str, peak: float | None
) -> None:
    fit = f"L.Trainer({trainer}, devices=1, accelerator='cpu').fit(Net(), datamodule=Rows())\n"
    (tmp_path / "train.py").write_text(CLASSES.format(length=length) + fit)
    [run] = planned(tmp_path)
    assert run["outcome"]["kind"] == outcome
    if peak is not None:
        assert run["learning_rate"]["peak"] == pytest.approx(peak, rel=0.1)


TRAINER = "trainer: {max_epochs: 2, devices: 1, accelerator: cpu}\n"
LENGTH = "self.trainer.estimated_stepping_batches"


@pytest.mark.parametrize(
    ("call", "sections", "steps", "first"),
    [
        ("LightningCLI(Net, Rows)", "model: {rate: 0.25}\ndata: {batch_size: 10}\n", 20, 0.01),
        ("LightningCLI(Net, Rows)", "model: {rate: 0.25}\n", 40, 0.01),
        ("LightningCLI(Net, Rows)", "data: {batch_size: 20}\n", 10, 0.02),
        (
            "LightningCLI()",
            "model: {class_path: train.Net, init_args: {rate: 0.5}}\n"
            "data: {class_path: train.Rows, init_args: {batch_size: 25}}\n",
            8,
            0.02,
        ),
        ("LightningCLI(Net)", "data: {class_path: elsewhere.Rows, init_args: {batch_size: 25}}\n", None, None),
    ],
)
def test_a_configuration_reaches_the_classes_of_the_script(
    tmp_path: Path, call: str, sections: str, steps: int | None, first: float | None
) -> None:
    (tmp_path / "train.py").write_text(CLASSES.format(length=LENGTH) + call + "\n")
    (tmp_path / "config.yaml").write_text(TRAINER + sections)
    [run] = planned(tmp_path)
    assert run["plan"].get("total_steps", {}).get("value") == steps
    assert run["learning_rate"]["first"] == (None if first is None else pytest.approx(first))
    if steps is not None:
        assert {one["path"] for one in run["documents"]} >= {"config.yaml", "train.py"}


def test_a_subclass_of_the_command_line_and_a_launch_command(tmp_path: Path) -> None:
    script = CLASSES.format(length=LENGTH) + "class Mine(LightningCLI):\n    pass\n\n\nMine(Net, Rows)\n"
    (tmp_path / "train.py").write_text(script)
    (tmp_path / "other.py").write_text(script.replace("zeros(100", "zeros(900"))
    (tmp_path / "config.yaml").write_text(TRAINER + "data: {batch_size: 10}\n")
    [run] = planned(tmp_path)
    assert run["plan"]["total_steps"]["value"] is None  # either script may be meant
    (tmp_path / "run.sh").write_text("python other.py fit --config config.yaml\n")
    [run] = planned(tmp_path)
    assert run["plan"]["total_steps"]["value"] == 180


@pytest.mark.parametrize(
    ("table", "steps"),
    [("{0: 8, 4: 5}", 28), ("{2: 8}", None), ("table", None)],  # 4 epochs of ceil(20 / 8) steps, then 4 of 4
)
def test_accumulation_that_changes_from_epoch_to_epoch(tmp_path: Path, table: str, steps: int | None) -> None:
    fit = (
        "from lightning.pytorch.callbacks import GradientAccumulationScheduler\n\n"
        f"trainer = L.Trainer(max_epochs=8, devices=1, callbacks=[GradientAccumulationScheduler(scheduling={table})])\n"
        "trainer.fit(Net(), datamodule=Rows())\n"
    )
    (tmp_path / "train.py").write_text(CLASSES.format(length="100") + fit)
    [run] = planned(tmp_path)
    assert run["plan"]["total_steps"]["value"] == steps
    assert run["plan"]["gradient_accumulation_steps"]["value"] is None
    assert run["plan"]["steps_per_epoch"]["value"] is None
