"""The canonical vocabulary: every number of a training run that formulas and rules may name, with its unit."""

from __future__ import annotations

from epochlint.expressions.units import Unit, parse_unit
from epochlint.records import record


@record
class Quantity:
    """A number of a training run.

    `low` is a bound that holds for every run, None if there is none (options such as `max_steps` use -1 for "not
    given"). `whole` is true if the number cannot have a fraction.
    """

    name: str
    unit: Unit
    meaning: str
    low: int | None = 0
    whole: bool = True

    def refuses(self, value: object) -> str:
        """Return in words why a value cannot be meant for this quantity; empty if it can."""
        if value is None:
            return ""
        if not isinstance(value, int | float):
            return f"{self.name} is a number, not {value!r}"
        if self.low is not None and value < 0:
            return f"{self.name} cannot be negative, but it is said to be {value}"
        if self.whole and value % 1:
            return f"{self.name} is a whole number, not {value}"
        return ""


def _quantity(name: str, unit: str, meaning: str, low: int | None = 0, whole: bool = True) -> Quantity:
    return Quantity(name, parse_unit(unit), meaning, low, whole)


_ALL = (
    _quantity("dataset_size", "samples", "samples in the training set", low=1),
    _quantity("eval_dataset_size", "samples", "samples in the validation set"),
    _quantity("micro_batch_size", "samples/micro-batches", "samples per device and forward pass", low=1),
    _quantity("gradient_accumulation_steps", "micro-batches/steps", "micro-batches per optimizer step", low=1),
    _quantity("world_size", "processes", "data-parallel processes", low=1),
    _quantity("global_batch_size", "samples/steps", "samples per optimizer step, over all processes", low=1),
    _quantity(
        "micro_batches_per_epoch", "micro-batches/epochs", "micro-batches of a process in one pass over the data"
    ),
    _quantity("steps_per_epoch", "steps/epochs", "optimizer steps in one epoch"),
    _quantity("epochs", "epochs", "epochs asked for", whole=False),
    _quantity("initial_epoch", "epochs", "epochs already done when the run begins", whole=False),
    _quantity("max_steps", "steps", "optimizer steps asked for", low=None),
    _quantity("max_samples", "samples", "samples asked for", low=None),
    _quantity("max_tokens", "tokens", "tokens asked for", low=None),
    _quantity("total_steps", "steps", "optimizer steps that really happen"),
    _quantity("total_micro_batches", "micro-batches", "micro-batches of a process in the whole run"),
    _quantity("epochs_run", "epochs", "epochs that really happen, with the fraction of the last one", whole=False),
    _quantity("samples_seen", "samples", "samples trained on, over all processes, repeated ones counted again"),
    _quantity("warmup_steps", "steps", "optimizer steps of learning-rate warmup", whole=False),
    _quantity("warmup_ratio", "ratio", "warmup as a fraction of the run", whole=False),
    _quantity("warmup_epochs", "epochs", "epochs of learning-rate warmup", whole=False),
    _quantity("schedule_steps", "ticks", "ticks after which the learning-rate schedule has run out"),
    _quantity("eval_interval", "steps", "distance between evaluations", low=None, whole=False),
    _quantity("save_interval", "steps", "distance between checkpoints", low=None, whole=False),
    _quantity("log_interval", "steps", "distance between log entries", low=None, whole=False),
    _quantity("eval_batch_size", "samples/validation-batches", "samples per device and validation batch", low=1),
    _quantity("validation_steps", "validation-batches", "validation batches in one evaluation"),
    _quantity("drop_last", "flag", "whether an incomplete last batch is left out"),
    _quantity("learning_rate", "ratio", "the base learning rate", whole=False),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _ALL}

# What the conditions of a loop's `stop:` count while it runs.
COUNTERS: dict[str, Unit] = {
    "steps": parse_unit("steps"),
    "epochs": parse_unit("epochs"),
    "micro_batches": parse_unit("micro-batches"),
    "samples": parse_unit("samples"),
}

# What the script reader tells of a hand-written training loop; see docs/framework-files.md.
LOOP_FACTS = (
    "loop.epochs", "loop.first_epoch", "loop.batches", "loop.window", "loop.window_offset", "loop.tail",
    "loop.step_limit", "loop.batch_limit", "loop.open_ended", "loop.stepless", "loop.steps", "loop.micro_batches",
)  # fmt: skip
