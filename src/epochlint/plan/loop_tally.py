"""Optimizer steps per epoch: the first, the last, and whether all epochs have as many."""

from __future__ import annotations

from epochlint.plan.loop_timeline import steps_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.plan.loop_state import LoopState


class EpochTally:
    """Takes in epochs in order. The last one is kept apart, since a step at the end of the run may still go into it."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._last: int | None = None
        self._last_completed = False
        self._counts: set[int] = set()  # of completed epochs but the last; two different ones are enough

    @property
    def first(self) -> int | None:
        return self._last if self._first is None else self._first

    @property
    def last(self) -> int | None:
        return self._last

    @property
    def same(self) -> int | None:
        """The steps of every completed epoch, if there is one and all have as many."""
        counts = self._counts | ({self._last} if self._last is not None and self._last_completed else set())
        return next(iter(counts)) if len(counts) == 1 else None

    def epoch(self, steps: int, completed: bool) -> None:
        self._settle()
        self._last, self._last_completed = steps, completed

    def flush(self) -> None:
        """Count the short step at the end of the run."""
        if self._last is not None:
            self._last += 1

    def epochs(self, state: LoopState, times: int, cycle: tuple[tuple[int, int], ...]) -> None:
        """Take in whole epochs that the state is about to do; they are never the last of the run."""
        self._settle()
        if self._first is None:
            size = cycle[0][1]
            self._first = steps_in(state.fill, size, state.window) if state.carries else state.epoch_steps(size)
        ahead = 0
        for count, size in cycle:
            if state.carries:
                self._counts |= _carried(state, times, sum(n * b for n, b in cycle), ahead, count, size)
            else:
                self._counts.add(state.epoch_steps(size))
            ahead += count * size
        self._last = None

    def _settle(self) -> None:
        if self._last is None:
            return
        if self._first is None:
            self._first = self._last
        if self._last_completed:
            self._counts.add(self._last)
        self._last = None


def _carried(state: LoopState, times: int, round_size: int, ahead: int, count: int, size: int) -> set[int]:
    """Return the numbers of steps that occur among epochs whose window runs on: `size // window`, one more, or both."""
    window = state.window
    start = min(state.fill, window - 1) + ahead  # a window that shrank below its fill steps at once
    steps = _floor_sum(times, window, round_size, start + count * size) - _floor_sum(times, window, round_size, start)
    epochs, few = times * count, size // window
    found = set()
    if steps < epochs * (few + 1):
        found.add(few)
    if steps > epochs * few:
        found.add(few + 1)
    return found


def _floor_sum(terms: int, divisor: int, factor: int, offset: int) -> int:
    """Return the sum of (factor * i + offset) // divisor for i below `terms`, in logarithmic time."""
    total = 0
    while terms > 0:
        total += terms * (terms - 1) // 2 * (factor // divisor) + terms * (offset // divisor)
        factor %= divisor
        offset %= divisor
        last = factor * terms + offset
        if last < divisor:
            break
        terms, offset = divmod(last, divisor)
        divisor, factor = factor, divisor
    return total
