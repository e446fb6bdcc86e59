"""What a training loop does, as numbers: the input of the loop machine, and what comes out of it.

A *pass* is one pass over the data, an *epoch* is what the framework calls one (they need not agree), a *window* is the
micro-batches whose gradients go into one optimizer step. See docs/loop.md for every policy with an example.
"""

from __future__ import annotations

from itertools import pairwise

from epochlint.plan.loop_timeline import Timeline
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

# Rows of (count, value), from 0 upwards: `value` is in force from that count on.
StepTable: TypeAlias = "tuple[tuple[int, int], ...]"

PASS_ENDS = ("restart", "stop", "exhausted", "short_epoch")
POSITIONS = ("reset", "kept")
TAILS = ("step", "discard", "leak", "carry", "flush_at_run_end")
COUNTERS = ("steps", "epochs", "micro_batches", "samples")
MOMENTS = ("start", "step", "micro-batch", "pass", "epoch")
EMPTY_EPOCHS = ("goes_on", "stops")
MOST_ROWS = 1_000


class PolicyError(ValueError):
    """A policy that means nothing: an unknown word, a window of no micro-batches, a table out of order."""


@record
class StopAt:
    """The run ends once `counter` has reached `limit`; looked at after every `after`.

    `epoch` is between two epochs, so before the first one too (`for epoch in range(n)`); `start` is once, before
    anything. `limit` counts from 0 and may be infinite; a fraction makes sense for epochs only. `name` is given back in
    `ended_by`.
    """

    counter: str
    limit: float
    after: str = "step"
    name: str = ""


@record
class LoopPolicy:
    """A training loop in numbers. All counts are those of one process; only samples are counted over all of them.

    `pass_batches` is the number of micro-batches in the data, None for a stream without end. `epoch_batches` is how
    many an epoch asks for, None if an epoch is one pass. `window` is the number of micro-batches for an optimizer
    step, or a table by `window_by`. `window_start` is how full the window counts as when it (re)starts: a loop that
    steps when `i % k == 0` starts with `k - 1`. `batch` is the number of samples in a micro-batch of one process,
    `last_batch` in the last one of a pass; `pass_samples` (over all processes) is for ranks that differ and
    overrides `last_batch`. `first_epoch` is where epochs are counted from (`initial_epoch`). `left_over` is how many
    micro-batches an epoch still gets once the data are exhausted (those that were read ahead), the first ones again.
    """

    pass_batches: int | None
    pass_end: str = "restart"
    epoch_batches: int | None = None
    position: str = "reset"
    window: int | StepTable = 1
    window_by: str = "epochs"
    window_start: int = 0
    tail: str = "step"
    stops: tuple[StopAt, ...] = ()
    batch: int | None = None
    last_batch: int | None = None
    pass_samples: int | None = None
    processes: int = 1
    first_epoch: int = 0
    empty_epoch: str = "goes_on"
    left_over: int = 0

    @property
    def carries(self) -> bool:
        """True if the window runs on from one epoch into the next."""
        return self.tail in ("carry", "flush_at_run_end")

    @property
    def keeps_position(self) -> bool:
        return self.position == "kept" and self.epoch_batches is not None

    def rows(self) -> StepTable:
        return ((0, self.window),) if isinstance(self.window, int) else self.window

    def sample_counts(self) -> tuple[int, int] | None:
        """Return the samples of a full micro-batch, and of the last one of a pass, over all processes."""
        if self.batch is None:
            return None
        full = self.batch * self.processes
        if self.pass_batches is None or self.pass_batches == 0:
            return full, full
        if self.pass_samples is not None:
            return full, self.pass_samples - (self.pass_batches - 1) * full
        return full, full if self.last_batch is None else self.last_batch * self.processes


@record
class LoopResult:
    """What really happens. None is "without end" for a count of a run that never ends, and "unknown" for samples.

    `epochs_run` is `epochs_completed` plus the part of the last epoch that was done. `steps_per_epoch` is given if
    every completed epoch had as many. `discarded` micro-batches were thrown away at the ends of epochs, `pending` ones
    were left in the window when the run ended: neither ever reached an optimizer step. `ended_by` is the name (or the
    counter) of the stop, "data" or "empty_epoch".
    """

    total_steps: int | None
    micro_batches: int | None
    samples: int | None
    epochs_begun: int | None
    epochs_completed: int | None
    epochs_run: float | None
    first_epoch_steps: int | None
    last_epoch_steps: int | None
    steps_per_epoch: int | None
    ended_by: str
    never_ends: bool
    discarded: int | None
    pending: int | None
    timeline: Timeline | None


@record
class LoopBounds:
    """Bounds of what happens, each (low, high) or None where nothing is sure; a high of None is "without end"."""

    total_steps: tuple[int, int | None] | None
    micro_batches: tuple[int, int | None] | None
    samples: tuple[int, int | None] | None


def check_policy(policy: LoopPolicy) -> None:
    """Raise a PolicyError for a policy that means nothing."""
    words = (
        (policy.pass_end, PASS_ENDS), (policy.position, POSITIONS), (policy.tail, TAILS),
        (policy.window_by, COUNTERS), (policy.empty_epoch, EMPTY_EPOCHS),
    )  # fmt: skip
    for word, allowed in words:
        if word not in allowed:
            raise PolicyError(f"{word!r} is none of {', '.join(allowed)}")
    for stop in policy.stops:
        if stop.counter not in COUNTERS or stop.after not in MOMENTS:
            raise PolicyError(f"a stop cannot count {stop.counter!r} after {stop.after!r}")
        if stop.limit != stop.limit:
            raise PolicyError("the limit of a stop is not a number")
    rows = policy.rows()
    if not rows or len(rows) > MOST_ROWS or rows[0][0] != 0:
        raise PolicyError(f"a window table has 1 to {MOST_ROWS:,} rows, the first of them at 0")
    if any(later[0] <= row[0] for row, later in pairwise(rows)):
        raise PolicyError("the rows of a window table must rise")
    if min(size for _, size in rows) < 1:
        raise PolicyError("a window has at least one micro-batch")
    counts = (
        policy.pass_batches or 0,
        policy.epoch_batches or 0,
        policy.window_start,
        policy.first_epoch,
        policy.left_over,
    )
    if min(counts) < 0 or policy.processes < 1:
        raise PolicyError("counts cannot be negative")
    samples = policy.sample_counts()
    if samples is not None and min(samples) < 1:
        raise PolicyError("a micro-batch has at least one sample")
    if samples is None and (policy.window_by == "samples" or any(stop.counter == "samples" for stop in policy.stops)):
        raise PolicyError("samples can be counted only where the batch size is known")
