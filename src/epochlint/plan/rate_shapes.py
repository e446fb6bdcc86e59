"""Curves as functions of the tick: the rate at each, where the schedule has run out, and what happens then."""

from __future__ import annotations

from bisect import bisect_right

from epochlint.expressions.values import Known
from epochlint.plan.rate_curves import AnyCurve, Curve, parameters_of
from epochlint.plan.rate_formulas import (
    UnknownRate,
    compiled,
    constant,
    remembered,
    unknown,
    value_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.plan.rate_formulas import Formula

MOST_CHILDREN = 100
LONGEST_LIST = 1_000
LARGEST = 10**18

# Names of `let` with a meaning for the engine: whether a call multiplies the rate that it finds (so that it can be
# chained); a list of ticks at one of which the rate is largest; what happens past the end, where parameters decide.
MULTIPLIES = "multiplies"
PEAK_AT = "peak_at"
PAST_END = "past_end"


class Shape:
    """A curve as a function: the rate at each tick, where its schedule has run out, and what happens then."""

    length: float | None = None
    past_end = "holds"
    multiplies = False
    uses_base = False
    base: float | None = None
    peaks: tuple[float, ...] | None = None

    def at(self, tick: int) -> float:
        """Return the rate at a tick; an UnknownRate if that cannot be told."""
        raise NotImplementedError

    def piece(self, tick: int) -> Any:
        """Return which formula holds at a tick: between two ticks with different ones there is a bend."""
        raise NotImplementedError

    @property
    def raises_at(self) -> int | None:
        """The tick at which the schedule raises an exception."""
        return int(self.length // 1) + 1 if self.past_end == "raises" and self.length is not None else None


def shape_of(curve: AnyCurve) -> Shape:
    """Make a curve computable."""
    if isinstance(curve, Curve):
        return _Single(curve)
    if not curve.children or len(curve.children) > MOST_CHILDREN:
        return _Nothing("nothing to compose")
    children = [shape_of(child) for child in curve.children]
    if curve.kind == "sequential":
        return _Sequential(children, curve.milestones)
    if curve.kind in ("chained", "windowed"):
        windows = curve.windows if curve.kind == "windowed" else ((0, None),) * len(children)
        return _Product(children, windows)
    return _Nothing(f"{curve.kind} is no way to compose schedules")


class _Nothing(Shape):
    def __init__(self, reason: str) -> None:
        self.reason = reason

    def at(self, tick: int) -> float:  # noqa: ARG002
        raise UnknownRate(self.reason)

    def piece(self, tick: int) -> Any:  # noqa: ARG002
        return None


class _Single(Shape):
    def __init__(self, curve: Curve) -> None:
        schedule = curve.schedule
        self.base = curve.base
        names = _names(curve)
        names["t"] = (lambda tick: tick), False
        names["base"] = unknown("the base rate is not known") if curve.base is None else constant(curve.base)
        for one in schedule.let:
            if one.condition is not None and not _holds_always(compiled(one.condition.tree, names)):
                continue
            names[one.quantity] = remembered(compiled(one.expression.tree, names))
        self.pieces = [
            (compiled(piece.condition.tree, names) if piece.condition else constant(True),
             compiled(piece.expression.tree, names))
            for piece in schedule.rate
        ]  # fmt: skip
        self.length = _number(compiled(schedule.length.tree, names)) if schedule.length else None
        self.past_end = _word(names.get(PAST_END)) or schedule.past_end
        self.multiplies = _flag(names.get(MULTIPLIES))
        self.peaks = _numbers(names.get(PEAK_AT))
        self.uses_base = any(_mentions(piece.expression.tree, "base") for piece in schedule.rate)

    def piece(self, tick: int) -> Any:
        for index, (condition, _) in enumerate(self.pieces):
            if value_at(condition, tick):
                return index
        return None

    def at(self, tick: int) -> float:
        if self.past_end == "raises" and self.length is not None and tick > self.length:
            raise UnknownRate("the schedule raises an exception")
        for condition, formula in self.pieces:
            if value_at(condition, tick):
                return _rate(value_at(formula, tick))
        raise UnknownRate("no formula holds")


class _Sequential(Shape):
    def __init__(self, children: list[Shape], milestones: tuple[float, ...]) -> None:
        self.children = children
        finite = all(abs(mark) <= LARGEST for mark in milestones)
        self.marks = tuple(int(mark) for mark in milestones) if finite else ()
        self.base = children[0].base
        self.uses_base = children[0].uses_base
        rising = all(before < after for before, after in zip(self.marks, self.marks[1:], strict=False))
        whole = self.marks == tuple(milestones) and all(mark >= 0 for mark in self.marks)
        same = all(child.uses_base is self.uses_base and child.base == self.base for child in children)
        self.sound = rising and whole and same and len(children) == len(milestones) + 1
        last = children[-1]
        if self.sound and last.length is not None:
            self.length = last.length + (self.marks[-1] if self.marks else 0)
            self.past_end = last.past_end
        begins = (0, *self.marks)
        if all(child.peaks is not None for child in children):
            self.peaks = tuple(
                start + peak for start, child in zip(begins, children, strict=False) for peak in child.peaks or ()
            )

    def _child(self, tick: int) -> tuple[int, int]:
        if not self.sound:
            raise UnknownRate("the milestones do not fit the schedules")
        index = bisect_right(self.marks, tick)
        return index, tick - (self.marks[index - 1] if index else 0)

    def piece(self, tick: int) -> Any:
        index, own = self._child(tick)
        return index, self.children[index].piece(own)

    def at(self, tick: int) -> float:
        index, own = self._child(tick)
        return self.children[index].at(own)


class _Product(Shape):
    """The product of the factors of its children; only children that multiply what they find can be multiplied."""

    def __init__(self, children: list[Shape], windows: tuple[tuple[int, int | None], ...]) -> None:
        self.children = children
        self.windows = windows
        self.base = children[0].base
        self.uses_base = True
        self.multiplies = all(child.multiplies for child in children)
        self.sound = (
            len(children) == len(windows)
            and (self.multiplies or (len(children) == 1 and windows[0] == (0, None)))
            and all(child.base == self.base for child in children)
        )
        if len(children) == 1 and windows[0][0] == 0:
            only, end = children[0], windows[0][1]
            self.length, self.past_end, self.peaks = only.length, only.past_end, only.peaks
            if end is not None and (self.length is None or end - 1 <= self.length):
                self.length, self.past_end = end - 1, "holds"
        else:
            ends = [self._end(child, window) for child, window in zip(children, windows, strict=False)]
            if self.sound and None not in ends:
                self.length = max(end for end in ends if end is not None)

    @staticmethod
    def _end(child: Shape, window: tuple[int, int | None]) -> float | None:
        begin, end = window
        if end is not None:
            return end - 1
        return begin + child.length if child.length is not None and child.past_end in ("holds", "zero") else None

    def _own(self, tick: int, window: tuple[int, int | None]) -> int | None:
        begin, end = window
        if tick < begin or (end is not None and end <= begin):
            return None
        return (tick if end is None else min(tick, end - 1)) - begin

    def piece(self, tick: int) -> Any:
        owns = [self._own(tick, window) for window in self.windows]
        ended = tuple(end is not None and tick >= end for _, end in self.windows)
        return ended, tuple(
            None if own is None else child.piece(own) for own, child in zip(owns, self.children, strict=False)
        )

    def at(self, tick: int) -> float:
        if not self.sound:
            raise UnknownRate("schedules that set the rate cannot be multiplied")
        if self.base is None:
            raise UnknownRate("the base rate is not known")
        rate = self.base
        several = len(self.children) > 1
        for child, window in zip(self.children, self.windows, strict=True):
            own = self._own(tick, window)
            if own is None:
                continue
            if several and child.past_end in ("rises", "restarts") and (child.length is None or own > child.length):
                raise UnknownRate("past its end a schedule sets the rate")
            if self.base == 0:
                return 0.0
            rate *= child.at(own) / self.base
        return rate


# --- constants of a curve ---------------------------------------------------------------------------------------------


def _names(curve: Curve) -> dict[str, Formula]:
    names: dict[str, Formula] = {}
    for name, value in parameters_of(curve).items():
        if isinstance(value, Known) and _sensible(value.value):
            names[name] = constant(value.value)
        else:
            names[name] = unknown(f"{name} is not known")
    return names


def _sensible(value: Any) -> bool:
    """Tell numbers and lists of a training run from those that would only cost time."""
    if isinstance(value, tuple):
        return len(value) <= LONGEST_LIST and all(_sensible(item) for item in value)
    return not isinstance(value, int) or abs(value) <= LARGEST


def _holds_always(formula: Formula) -> bool:
    try:
        return formula[1] and bool(value_at(formula, 0))
    except UnknownRate:
        return False


def _number(formula: Formula | None) -> float | None:
    if formula is None:
        return None
    try:
        value = value_at(formula, 0)
    except UnknownRate:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def _numbers(formula: Formula | None) -> tuple[float, ...] | None:
    if formula is None:
        return None
    try:
        values = value_at(formula, 0)
    except UnknownRate:
        return None
    return values if isinstance(values, tuple) and all(isinstance(one, int | float) for one in values) else None


def _flag(formula: Formula | None) -> bool:
    if formula is None:
        return False
    try:
        return value_at(formula, 0) is True
    except UnknownRate:
        return False


def _word(formula: Formula | None) -> str:
    if formula is None:
        return ""
    try:
        return str(value_at(formula, 0))
    except UnknownRate:
        return ""


def _rate(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
        return float(value)
    raise UnknownRate("the rate is no number")


def _mentions(tree: Any, name: str) -> bool:
    if isinstance(tree, tuple):
        return tree[:2] == ("name", name) or any(_mentions(part, name) for part in tree)
    return False
