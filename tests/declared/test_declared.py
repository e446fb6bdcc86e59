"""Training settings by their names: what counts as one, what looks like one, and where it is said to stand."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from epochlint.declared.listing import declared_in_script
from epochlint.declared.setting import Declared
from epochlint.knowledge.store import Catalogue
from epochlint.sources.files import read_text

Told = list[tuple[str, int | float, int]]


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, Any]:
    return Catalogue.default().vocabulary


def declared(text: str, vocabulary: dict[str, Any], path: str = "train.py") -> tuple[Declared, ...]:
    return declared_in_script(read_text(path, dedent(text).lstrip("\n")), vocabulary)


def told(text: str, vocabulary: dict[str, Any]) -> Told:
    """Return (quantity, value, line) of each setting of a script."""
    return [(one.quantity, one.value, one.place.line) for one in declared(text, vocabulary)]


FORMS = {
    "option": ("""
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument(
            "-e",
            "--num-train-epochs",
            type=int,
            default=3,
        )
        """, [("epochs", 3, 5)]),
    "flag": ("""
        from absl import flags
        STEPS = flags.DEFINE_integer('max_train_steps', 100_000, 'how long')
        """, [("max_steps", 100_000, 2)]),
    "dataclass": ("""
        @dataclass
        class Config:
            warmup_updates: int = field(default=500, metadata={"help": "steps"})
            max_train_steps: int = 10 ** 4
        """, [("warmup_steps", 500, 3), ("max_steps", 10_000, 4)]),
    "parameter": ("def train(model, optimizer, epochs: int = 5, *, batch_size=2 * 8): ...",
                  [("epochs", 5, 1), ("micro_batch_size", 16, 1)]),
    "constants": ("""
        from torch import optim
        NUM_EPOCHS, batchSize = 20, 64
        LOG_EVERY = NUM_EPOCHS * 5
        """, [("epochs", 20, 2), ("micro_batch_size", 64, 2), ("log_interval", 100, 3)]),
    "configuration": ("""
        cfg.TRAIN.LR = 0.1
        cfg.TRAIN.EPOCHS = 300
        cfg["save_freq"] = 10
        cfg.val.batch_size = 8
        """, [("epochs", 300, 2), ("save_interval", 10, 3), ("eval_batch_size", 8, 4)]),
    "keys": ("""
        train(dict(lr=1e-3, warmup_steps=100), {"optimizer": "adam", "num_epochs": 3})
        """, [("warmup_steps", 100, 1), ("epochs", 3, 1)]),
    "durations": ("trainer = Trainer(max_duration='10ep', save_interval='500ba', eval_interval=\"1ep\")",
                  [("epochs", 10, 1), ("save_interval", 500, 1), ("eval_interval", 1, 1)]),
    "conditions": ("""
        for epoch in range(30):
            for step, batch in enumerate(loader):
                loss.backward()
                if (step + 1) % 4 == 0:
                    optimizer.step()
                    optimizer.zero_grad()
                if step % 100 == 0:
                    print(loss)
            if epoch % 5 == 4:
                validate(model)
            if not epoch % 10:
                torch.save(model, path)
        """, [("epochs", 30, 1), ("gradient_accumulation_steps", 4, 4), ("log_interval", 100, 7),
              ("eval_interval", 5, 9), ("save_interval", 10, 11)]),
    "hooks": ("""
        optimizer = dict(type='SGD', lr=0.1)
        default_hooks = dict(
            logger=dict(type='LoggerHook', interval=50), checkpoint=dict(type='CheckpointHook', interval=3))
        evaluation = dict(interval=2)
        schedule = [dict(type='LinearLR', end=500), dict(type='LinearLR', by_epoch=True, end=5)]
        """, [("log_interval", 50, 3), ("save_interval", 3, 3), ("eval_interval", 2, 4), ("warmup_steps", 500, 5),
              ("warmup_epochs", 5, 5)]),
    "scaled later": ("optimizer = 1\naccum_steps = 5 * 8\naccum_steps //= world", [
        ("gradient_accumulation_steps", 40, 2)]),
    "positions": ("""
        ds = ds.shuffle(10).batch(32)
        scheduler = get_linear_schedule_with_warmup(optimizer, 100, 1000)
        callback = ModelCheckpoint(every_n_epochs=5)
        """, [("micro_batch_size", 32, 1), ("warmup_steps", 100, 2), ("schedule_steps", 1000, 2),
              ("save_interval", 5, 3)]),
    "loop of steps": ("""
        for t in range(500):
            for _ in range(3):
                optimizer.zero_grad()
            optimizer.step()
        """, [("max_steps", 500, 1)]),
    "a name that says it": ("batch_size = 8\nnum_epochs = 3", [("micro_batch_size", 8, 1), ("epochs", 3, 2)]),
    "rows": ("train_set = load_dataset('x').select(range(1000))\ntrainer = Trainer(train_set)",
             [("dataset_size", 1000, 1)]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str, vocabulary: dict[str, Any]) -> None:
    text, expected = FORMS[form]
    assert told(text, vocabulary) == expected


NOT_MEANT = {
    "no training": "batch_size = 500\nepochs = 3\nfor row in cursor.fetchmany(batch_size): print(row)",
    "passed on": "def train(optimizer, bs):\n    return DataLoader(data, batch_size=bs)",
    "counters": "optimizer = 1\nepoch = 0\ntotal_steps = 5\nwhile True:\n    epoch += 1\n    total_steps += 1",
    "set back": "optimizer = 1\nmodel.args.train_steps = 0\nself.epochs = 0",
    "another use": """
        optimizer = 1
        warmup_lr = 1e-6
        rows = data.map(tokenize, batched=True, batch_size=1000)
        rows = train_data.map(tokenize, batch_size=1000)
        def evaluate(model, steps=0): ...
        vectors = model.encode(texts, batch_size=64)
        num_samples = 1000  # number of words to be sampled
        sample_interval = 400
        """,
    "evaluation": "optimizer = 1\nval_set = load('x').select(range(100))\ntest_set = data['test'].select(range(9))",
    "a limit": "optimizer = 1\nscore = eval_split(trainer, max_batches=50)",
    "loops that do not train": "optimizer = 1\nfor i in range(100):\n    read(i)",
    "pictures": "optimizer = 1\nif step % 400 == 0:\n    save_image(fake)",
    "no gradients": "optimizer = 1\nwith torch.no_grad():\n    if step % 400 == 0:\n        print(step)",
    "unset": "optimizer = 1\nworld_size = -1\nbatch_size = 0",
    "beside another use": """
        optimizer = 1
        lr_config = dict(policy='step', warmup_ratio=1e-6)
        agent = dict(n_epochs=4, gae_lambda=0.9)
        """,
    "flags": "optimizer = 1\nsave_checkpoint_every = True\nwarmup_epochs = None\nbatch_size = 'auto'",
    "out of reach": "optimizer = 1\nbatch_size = 2.5\nmax_steps = 10 ** 10 ** 10",
}


@pytest.mark.parametrize("case", NOT_MEANT)
def test_what_only_looks_like_a_setting(case: str, vocabulary: dict[str, Any]) -> None:
    assert told(NOT_MEANT[case], vocabulary) == []


def test_batches_of_an_evaluation(vocabulary: dict[str, Any]) -> None:
    text = """
        optimizer = 1
        train_loader = DataLoader(data, batch_size=32)
        loader = DataLoader(dataset=test_set, batch_size=100)
        def evaluate(model):
            return DataLoader(data, batch_size=7)
        model.fit(x, y, validation_data=(x_val, y_val), batch_size=16)
        """
    assert [(quantity, value) for quantity, value, _ in told(text, vocabulary)] == [
        ("micro_batch_size", 32), ("eval_batch_size", 100), ("eval_batch_size", 7), ("micro_batch_size", 16),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "def main(lr=1, batch_size=128, micro_batch_size=4): ...",
        "p.add_argument('--lr')\np.add_argument('--batch-size', default=128, help='total batch size for all GPUs')",
        "import ml_collections\nconfig.lr = 1\nconfig.batch_size = 128",
        "def main(lr=1, batch_size=128):\n    '''Train.\n\n    batch_size: global batch size\n    '''",
    ],
)
def test_batches_of_a_whole_step(text: str, vocabulary: dict[str, Any]) -> None:
    assert ("global_batch_size", 128) in [(quantity, value) for quantity, value, _ in told(text, vocabulary)]


def test_validation_steps_are_an_interval_where_the_help_says_so(vocabulary: dict[str, Any]) -> None:
    assert told("model.fit(x, validation_steps=5)", vocabulary) == [("validation_steps", 5, 1)]
    option = "p.add_argument('--lr')\np.add_argument('--validation_steps', default=5, help='Validate every X steps.')"
    assert told(option, vocabulary) == [("eval_interval", 5, 2)]


def test_a_part_of_the_run_is_a_ratio(vocabulary: dict[str, Any]) -> None:
    assert told("lr = 1\nwarmup = 0.1", vocabulary) == [("warmup_ratio", 0.1, 2)]
    assert told("lr = 1\nwarmup = 100", vocabulary) == [("warmup_steps", 100, 2)]


def test_how_and_where(vocabulary: dict[str, Any]) -> None:
    text = "parser.add_argument(\n    '--epochs',\n    default=5 * 2,\n)\ntrain = 1\n"
    (one,) = declared(text, vocabulary)
    assert (one.how, one.origin, one.name, one.text) == ("option", "declared-default", "epochs", "5 * 2")
    assert (one.place.line, one.place.column, one.place.end_line) == (2, 5, 3)


def test_commands_and_cells_of_notebooks(vocabulary: dict[str, Any]) -> None:
    text = (
        '{"cells": [{"cell_type": "markdown", "source": "# x"},'
        '{"cell_type": "code", "source": "import optax\\nbatch_size = 8"},'
        '{"cell_type": "code", "source": "!python train.py --epochs 15 -bs=4 --seed 1\\n!python serve.py --epochs 1"}],'
        '"metadata": {}, "nbformat": 4}'
    )
    found = declared(text, vocabulary, "x.ipynb")
    assert [(one.quantity, one.value, one.place.cell, one.place.line) for one in found] == [
        ("micro_batch_size", 8, 2, 2), ("epochs", 15, 3, 1), ("micro_batch_size", 4, 3, 1),
    ]  # fmt: skip
