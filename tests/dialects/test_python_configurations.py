"""Python files that are configurations: their global names are the options of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known

BASE = """
train_cfg = dict(type="EpochBasedTrainLoop", max_epochs=12, val_interval=1)
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.02))
param_scheduler = [dict(type="MultiStepLR", milestones=[8, 11], gamma=0.1)]
train_dataloader = dict(batch_size=2)
"""
CHILD = """
_base_ = ["base.py"]
train_cfg = dict(max_epochs=6)
"""
SCRIPT = """
from mmengine.config import Config
from mmengine.runner import Runner

Runner.from_cfg(Config.fromfile("child.py")).train()
"""


def _plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> dict[str, dict[str, object]]:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return {
        run.place.path: {name: entry.value for name, entry in plan.quantities}
        for run, plan in session.plan((".",), Options()).plans
    }


def test_a_child_is_read_on_top_of_its_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = _plans(tmp_path, monkeypatch, base=BASE, child=CHILD)
    assert plans["child.py"]["epochs"] == Known(6)
    assert plans["child.py"]["micro_batch_size"] == Known(2)


def test_a_script_that_loads_it_makes_one_run_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = _plans(tmp_path, monkeypatch, base=BASE, child=CHILD, train=SCRIPT)
    assert set(plans) == {"train.py"}
    assert plans["train.py"]["epochs"] == Known(6)


def test_a_missing_base_leaves_open_what_it_may_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = _plans(
        tmp_path, monkeypatch, child='_base_ = "gone.py"\ntrain_cfg = dict(max_epochs=6)\n' + "optim_wrapper = dict()\n"
    )
    assert plans["child.py"]["epochs"] != Known(6)
    assert plans["child.py"]["micro_batch_size"] != Known(1)
