"""The learning rate of a run: first, largest and last, a series of points, and where it climbs again or its schedule
ends.

The rate is a function of the tick, and the tick one of the moment: an optimizer step or a micro-batch (see
`rate_ticks`). A run of at most `EXHAUSTIVE` moments is looked at one by one. In a longer one the largest rate is looked
for where it can be: at the ends, at the ticks that the schedule names (`peak_at`), on both sides of every bend (where
another formula takes over, found by bisection between points of the series), and uphill from the highest point of the
series. If a schedule repeats itself often and does not name its peaks, the largest rate is unknown.
"""

from __future__ import annotations

from itertools import pairwise

from epochlint.plan.loop_timeline import Timeline
from epochlint.plan.plan import Rate
from epochlint.plan.rate_curves import AnyCurve
from epochlint.plan.rate_formulas import UnknownRate
from epochlint.plan.rate_shapes import Shape, shape_of
from epochlint.plan.rate_ticks import TickMap, TickPolicy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

POINTS = 200  # of the series
EXHAUSTIVE = 2_000
MOST_CYCLES = 20  # of a schedule that repeats itself and does not name its peaks, in a run that is too long to look at
ROUNDING = 1e-9  # of a rate: what differs by less is the same


def plan_rate(curve: AnyCurve, ticks: TickPolicy, timeline: Timeline | None) -> Rate:
    """Return the learning rate over a run; what cannot be told is None, with the reason."""
    if timeline is None:
        return Rate(None, None, None, reason="the run never ends")
    tick_map = TickMap(ticks, timeline)
    if not tick_map.known:
        return Rate(None, None, None, reason="it is not known when the scheduler is called")
    return _Path(shape_of(curve), tick_map).rate()


class _Path:
    """The rate by moment."""

    def __init__(self, shape: Shape, ticks: TickMap) -> None:
        self.shape = shape
        self.ticks = ticks
        self.moments = ticks.moments
        self.reason = ""
        self._seen: dict[int, float | None] = {}

    def rate(self) -> Rate:
        if self.moments == 0:
            return Rate(None, None, None, turns=self._turns(), reason="there is no optimizer step")
        return Rate(
            first=self.at(1),
            peak=self._peak(),
            last=self.at(self.moments),
            series=tuple(self._series()),
            turns=self._turns(),
            reason=self.reason,
        )

    def _series(self) -> Iterator[tuple[int, float]]:
        """Yield steps with the rates they are made with."""
        for step in _spread(self.ticks.timeline.steps):
            value = self.at(self.ticks.moment_of_step(step))
            if value is not None:
                yield step, value

    def at(self, moment: int) -> float | None:
        tick = self.ticks.tick(moment)
        if tick not in self._seen:
            try:
                self._seen[tick] = self.shape.at(tick)
            except UnknownRate as reason:
                self._seen[tick] = None
                self.reason = self.reason or str(reason)
        return self._seen[tick]

    # --- the largest rate --------------------------------------------------------------------------------------------

    def _peak(self) -> float | None:
        if self.moments <= EXHAUSTIVE:
            return self._largest(range(1, self.moments + 1))
        length = self.shape.length
        if self.shape.peaks is None and self.shape.past_end in ("rises", "restarts") and (
            length is None or length <= 0 or self.ticks.tick(self.moments) > MOST_CYCLES * length
        ):  # fmt: skip
            return None
        points = list(_spread(self.moments))
        moments = {*points, *self._named(), *self._bends(points)}
        best = self._largest(moments)
        return None if best is None else max(best, self._uphill(points))

    def _largest(self, moments: Any) -> float | None:
        values = [self.at(moment) for moment in moments]
        known = [value for value in values if value is not None]
        return max(known) if len(known) == len(values) else None

    def _named(self) -> Iterator[int]:
        """Yield the moments around ticks that the schedule names, and around its end."""
        ticks = [*(self.shape.peaks or ()), *([self.shape.length] if self.shape.length is not None else [])]
        for tick in ticks:
            moment = self.ticks.moment_of(tick)
            yield from (near for near in (moment - 1, moment, moment + 1) if 1 <= near <= self.moments)

    def _bends(self, points: list[int]) -> Iterator[int]:
        """Yield the moments on both sides of each change of formula between neighbouring points."""
        for low, high in pairwise(points):
            before, after = self._piece(low), self._piece(high)
            if before == after:
                continue
            last = self._last(low, high, before, True)
            yield from (last, last + 1)
            if self._piece(last + 1) != after:  # several bends between two points: look from the other side too
                last = self._last(last + 1, high, after, False)
                yield from (last, last + 1)

    def _last(self, low: int, high: int, formula: Any, holds: bool) -> int:
        """Return the last moment before `high` at which a formula holds, or does not, as it is at `low`."""
        while high - low > 1:
            middle = (low + high) // 2
            if (self._piece(middle) == formula) is holds:
                low = middle
            else:
                high = middle
        return low

    def _piece(self, moment: int) -> Any:
        try:
            return self.shape.piece(self.ticks.tick(moment))
        except UnknownRate:
            return None

    def _uphill(self, points: list[int]) -> float:
        """Return the largest rate around the highest point, where the rate rises and falls only once."""
        values = [value if (value := self.at(moment)) is not None else float("-inf") for moment in points]
        top = max(range(len(points)), key=values.__getitem__)
        low, high = points[max(0, top - 1)], points[min(len(points) - 1, top + 1)]
        best = values[top]
        while high - low > 2:
            third = (high - low) // 3
            left, right = self._or_nothing(low + third), self._or_nothing(high - third)
            best = max(best, left, right)
            if left < right:
                low += third
            else:
                high -= third
        return max(best, *(self._or_nothing(moment) for moment in range(low, high + 1)))

    def _or_nothing(self, moment: int) -> float:
        value = self.at(moment)
        return float("-inf") if value is None else value

    # --- turns -------------------------------------------------------------------------------------------------------

    def _turns(self) -> tuple[tuple[str, int], ...]:
        """Return where the rate climbs again and where the schedule runs out within this run, as (what happens,
        tick)."""
        told = self._run_out()
        again = self._climbs_again() if self.moments <= EXHAUSTIVE and self.shape.raises_at is None else None
        return told if again is None or (told and told[0][1] <= again[1]) else (again, *told)

    def _climbs_again(self) -> tuple[str, int] | None:
        """Return the first tick at which a rate that has come down goes up: at once to a height (`restarts`) or
        slowly (`rises`)."""
        highest, fallen, before = 0.0, False, (0, 0.0)
        for moment in range(1, self.moments + 1):
            tick, rate = self.ticks.tick(moment), self.at(moment)
            if rate is None:
                return None
            if fallen and rate > before[1] * (1 + ROUNDING):
                return ("restarts", tick) if rate - before[1] > highest / 2 else ("rises", before[0])
            fallen = fallen or rate < before[1] * (1 - ROUNDING)
            highest, before = max(highest, rate), (tick, rate)
        return None

    def _run_out(self) -> tuple[tuple[str, int], ...]:
        shape = self.shape
        raises_at = shape.raises_at
        if raises_at is not None:
            return (("raises", raises_at),) if self.ticks.total >= raises_at else ()
        if shape.length is None or self.moments == 0 or not shape.length < float("inf"):
            return ()
        end = -int(-shape.length // 1)
        kind = "ends" if shape.past_end in ("holds", "zero") else shape.past_end
        reached = self.ticks.tick(self.moments)
        return ((kind, end),) if (reached > end if kind == "rises" else reached >= end) and end >= 0 else ()


def _spread(count: int) -> Iterator[int]:
    """Yield at most POINTS numbers evenly from 1 to so many."""
    points = min(count, POINTS)
    last = 0
    for index in range(points):
        number = 1 if points == 1 else 1 + index * (count - 1) // (points - 1)
        if number != last:
            yield number
        last = number
