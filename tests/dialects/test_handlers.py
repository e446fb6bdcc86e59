"""What a function does that is handed to a framework: which engine trains, and what happens at an event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from epochlint import session
from epochlint.configuration.options import Options

SCRIPT = """
import torch
from ignite.engine import Engine, Events
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.randn(20, 3)), batch_size=4)
model = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

def update(engine, batch):
    model(batch).sum().backward()
    optimizer.step()

trainer = Engine(update)
evaluator = Engine(lambda engine, batch: model(batch))

def look():
    evaluator.run(loader, max_epochs=1)

def validate(engine):
    look()

def sometimes(engine):
    if engine.state.epoch > 2:
        evaluator.run(loader)

def report(engine):
    print(engine.state.epoch)

{handlers}
trainer.run(loader, max_epochs=3)
"""


def _plans(folder: Path, handlers: str, script: str = SCRIPT) -> list[Any]:
    (folder / ".git").mkdir()
    (folder / "train.py").write_text(script.replace("{handlers}", handlers))
    return [plan for _, plan in session.plan((str(folder),), Options()).plans]


@pytest.mark.parametrize(
    ("handlers", "evaluations"),
    [
        ("trainer.add_event_handler(Events.EPOCH_COMPLETED, validate)", (5, 10, 15)),
        ("trainer.add_event_handler(Events.EPOCH_COMPLETED, report)", ()),
        ("trainer.add_event_handler(Events.EPOCH_COMPLETED, sometimes)", None),
        ("from elsewhere import act\ntrainer.add_event_handler(Events.EPOCH_COMPLETED, act)", None),
        ("evaluator.add_event_handler(Events.EPOCH_COMPLETED, validate)", ()),
        ("@trainer.on(Events.ITERATION_COMPLETED(every=4, after=5))\ndef act(engine):\n    look()", (6, 10, 14)),
        ("trainer.add_event_handler(Events.COMPLETED | Events.STARTED, validate)", None),
        ("for event in (Events.STARTED, Events.COMPLETED):\n    trainer.add_event_handler(event, validate)", (0, 15)),
    ],
)
def test_what_a_handler_does_decides_what_happens_at_an_event(
    tmp_path: Path, handlers: str, evaluations: tuple[int, ...] | None
) -> None:
    (plan,) = _plans(tmp_path, handlers)  # the engine of the evaluation is run too, and is no training
    found = dict(plan.events)["evaluations"]
    assert (found.head if found.count is not None else None) == evaluations


@pytest.mark.parametrize(
    ("handlers", "seen"),
    [
        ("from helpers import attach\nattach(trainer, evaluator)", False),
        ("from helpers import Helper\nHelper().attach({'train': trainer, 'other': [evaluator]})", False),
        ("from helpers import attach\nattach(evaluator)", True),
        ("def attach(engine):\n    engine.add_event_handler(Events.EPOCH_COMPLETED, report)\nattach(trainer)", True),
        ("class Helper:\n    def __init__(self, engine):\n        self.engine = engine\nHelper(trainer)", True),
        ("from ignite.handlers import ProgressBar\nProgressBar().attach(trainer)\nprint(trainer)", True),
        ("from ignite.contrib.engines import common\ncommon.setup_common_training_handlers(trainer)", True),
    ],
)
def test_code_that_is_not_read_may_attach_handlers_to_what_it_is_handed(
    tmp_path: Path, handlers: str, seen: bool
) -> None:
    (plan,) = _plans(tmp_path, handlers)
    assert (dict(plan.events)["evaluations"].count is not None) == seen


def test_early_stopping_that_a_function_of_the_library_attaches_leaves_the_steps_open(tmp_path: Path) -> None:
    stop = "add_early_stopping_by_val_score(3, evaluator, trainer, 'acc')"
    handlers = f"from ignite.contrib.engines.common import add_early_stopping_by_val_score\n{stop}"
    (plan,) = _plans(tmp_path, handlers)
    assert not hasattr(dict(plan.quantities)["total_steps"].value, "value")


def test_a_function_that_steps_now_and_then_leaves_the_steps_open(tmp_path: Path) -> None:
    (plan,) = _plans(tmp_path, "", SCRIPT.replace("    optimizer.step()", "    if batch.sum() > 0: optimizer.step()"))
    assert not hasattr(dict(plan.quantities)["total_steps"].value, "value")


def test_a_handler_that_terminates_ends_the_run(tmp_path: Path) -> None:
    stop = "@trainer.on(Events.ITERATION_COMPLETED(once=7))\ndef stop(engine):\n    engine.terminate()"
    (plan,) = _plans(tmp_path, stop)
    assert dict(plan.quantities)["total_steps"].value.value == 7
