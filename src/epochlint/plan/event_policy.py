"""Events of a run, as numbers: which clock they go by, and when it is looked at."""

from __future__ import annotations

from epochlint.plan.loop_policy import PolicyError
from epochlint.plan.loop_timeline import Timeline
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction
    from typing import TypeAlias

    Exact: TypeAlias = int | Fraction

CLOCKS = {
    "steps": "step",
    "micro-batches": "micro-batch",
    "micro-batches-of-epoch": "micro-batch",
    "epochs": "epoch",
    "samples": "micro-batch",
}  # and when each is looked at if nothing else is said
MOST_CHOSEN = 10_000
ALSO = ("run_start", "first", "epoch_end", "run_end", "partial_epoch")


@record
class EventPolicy:
    """An event that recurs by a clock; see docs/loop.md.

    It happens when `clock - offset` is a multiple of `every` (`test` "multiple") or has passed one since the clock was
    last looked at ("crossing"), from clock `start` to clock `limit`, both included. `checked` is after what the clock
    is looked at (step, micro-batch, epoch); by default after all that moves it. `every` None or not positive: never.
    `at` lists the ticks instead of `every`. `epochs` (for micro-batches-of-epoch): only in every so many-th epoch.
    `also` adds moments: run_start (step 0), first (the first tick), epoch_end, run_end; with "partial_epoch" an epoch
    that the end of the run cut short has an end too. What happens at the same micro-batch anyway is not added again.
    With `again` the event happens even where another policy of it has it at the same micro-batch.
    """

    clock: str
    every: float | None = None
    start: float = 0
    offset: int = 0
    also: tuple[str, ...] = ()
    test: str = "multiple"
    limit: float | None = None
    checked: str = ""
    epochs: int = 1
    at: tuple[int, ...] = ()
    again: bool = False


def check_event(policy: EventPolicy) -> None:
    if policy.clock not in CLOCKS or policy.test not in ("multiple", "crossing"):
        raise PolicyError(f"an event cannot go by {policy.clock!r}, {policy.test!r}")
    if policy.checked not in ("", "step", "micro-batch", "epoch"):
        raise PolicyError(f"an event cannot be checked after {policy.checked!r}")
    if policy.clock == "epochs" and policy.checked not in ("", "epoch"):
        raise PolicyError("epochs are counted when they end")
    for word in policy.also:
        if word not in ALSO:
            raise PolicyError(f"{word!r} is none of {', '.join(ALSO)}")
    if policy.epochs < 1:
        raise PolicyError("an event cannot happen in every 0th epoch")
    if len(policy.at) > MOST_CHOSEN:
        raise PolicyError(f"an event happens at no more than {MOST_CHOSEN:,} chosen ticks")
    numbers = (policy.every or 0, policy.start, 0 if policy.limit == float("inf") else policy.limit or 0)
    if not all(abs(number) < float("inf") for number in numbers):
        raise PolicyError("an event needs finite numbers")


def exact(value: float) -> Exact:
    """Return a number exactly: whole ones as an int, others as the fraction that the float is."""
    if isinstance(value, int) or value.is_integer():
        return int(value)
    from fractions import Fraction

    return Fraction(value)


def period(policy: EventPolicy) -> Exact | None:
    """Return the distance between two events; None if there is none by the clock."""
    if policy.every is None or policy.every <= 0:
        return None
    return exact(policy.every)


def limit_of(policy: EventPolicy) -> Exact | None:
    """Return the last tick at which the event may happen; None if there is none."""
    return None if policy.limit is None or policy.limit == float("inf") else exact(policy.limit)


def allowed(policy: EventPolicy, value: int) -> bool:
    """Tell whether a tick lies between the start and the limit of the event."""
    return policy.start <= value and (policy.limit is None or value <= policy.limit)


def first_moment(policy: EventPolicy, timeline: Timeline) -> int | None:
    """Return the micro-batch of a clock's first tick; None if there is none."""
    if policy.clock == "epochs":
        ends = timeline.epochs if "partial_epoch" in policy.also else timeline.completed
        return timeline.end_of_epoch(1) if ends else None
    if policy.clock == "steps":
        return timeline.micro_batch_of_step(1) if timeline.steps else None
    return 1 if timeline.micro_batches else None
