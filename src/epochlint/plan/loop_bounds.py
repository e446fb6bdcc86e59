"""Bounds of a run some of whose numbers are only known to lie between two others.

More data, longer epochs, higher limits and larger batches never make fewer steps, and a larger window never makes
more, as long as nothing but whole epochs and steps ends the run and the data begin anew when they run out: every epoch
then has at least as many steps, and the run at least as many epochs. What that does not cover has no bounds.
"""

from __future__ import annotations

from epochlint.plan.loop_policy import LoopBounds, LoopPolicy
from epochlint.plan.machine import run_loop
from epochlint.records import replace


def run_bounds(low: LoopPolicy, high: LoopPolicy) -> LoopBounds | None:
    """Return bounds of every run whose numbers lie between those of two policies; None if there are none that are sure.

    The policies may differ in the sizes of pass, epoch, window and batches, in the limits of stops (infinite: there
    may be no limit) and in the processes; each number of `low` is at most that of `high`.
    """
    if not _comparable(low, high):
        return None
    window_low, window_high = low.window, high.window
    fewest = run_loop(replace(low, window=window_high))
    most = run_loop(replace(high, window=window_low))
    if fewest.never_ends and any(stop.counter == "steps" for stop in low.stops):
        return None  # what never ends with little data may well end with more
    steps = _between(fewest.total_steps, most.total_steps)
    batches = samples = None
    if _by_epochs_alone(low):
        batches = _between(fewest.micro_batches, most.micro_batches)
        if fewest.samples is not None:
            samples = _between(fewest.samples, most.samples)
    return LoopBounds(steps, batches, samples)


def _comparable(low: LoopPolicy, high: LoopPolicy) -> bool:
    """True if the policies differ in their numbers only, those of `low` are the smaller, and more cannot mean less."""
    sizes = ("pass_batches", "epoch_batches", "window", "batch", "last_batch", "processes", "stops")
    if replace(low, **{name: getattr(high, name) for name in sizes}) != high:
        return False
    if not isinstance(low.window, int) or not isinstance(high.window, int):
        return False
    if low.pass_samples is not None or (low.window_start and low.window != high.window):
        return False
    if low.empty_epoch != "goes_on" and 0 in (low.pass_batches, low.epoch_batches):
        return False
    if low.pass_end != "restart" and (low.epoch_batches is not None or low.pass_end != "short_epoch"):
        return False
    if len(low.stops) != len(high.stops):
        return False
    for first, second in zip(low.stops, high.stops, strict=True):
        alike = (first.counter, first.after, first.name) == (second.counter, second.after, second.name)
        sound = (first.counter, first.after) in (("steps", "step"), ("epochs", "epoch"))
        if not (alike and sound and first.limit <= second.limit):
            return False
    pairs = [(getattr(low, name), getattr(high, name)) for name in sizes[:-1]]
    return all((one is None and other is None) or _at_most(one, other) for one, other in pairs)


def _at_most(one: int | None, other: int | None) -> bool:
    """Compare sizes; None is the largest of all (data or epochs without end)."""
    return other is None or (one is not None and one <= other)


def _by_epochs_alone(policy: LoopPolicy) -> bool:
    return all(stop.counter == "epochs" for stop in policy.stops)


def _between(low: int | None, high: int | None) -> tuple[int, int | None] | None:
    return None if low is None else (low, high)
