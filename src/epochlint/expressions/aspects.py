"""What a value tells, whatever sort of value it is: its truth, its bounds, what is missing."""

from __future__ import annotations

import math

from epochlint.expressions.operations import truth_of
from epochlint.expressions.plain import missing_names
from epochlint.expressions.values import Known, OneOf, Symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.expressions.rationals import Rational
    from epochlint.expressions.values import Value

    Bound: TypeAlias = "int | float | None"


def truth(value: Value) -> bool | None:
    """Return True if a condition must hold, False if it cannot, None if it may."""
    if isinstance(value, Known):
        return truth_of(value.value)
    if isinstance(value, OneOf):
        found = {truth_of(one.value) for one in value.alternatives}
        return found.pop() if len(found) == 1 else None
    return truth_of(value)


def bounds_of(value: Value) -> tuple[Bound, Bound] | None:
    """Return the least and the greatest number a value can be (None: no bound is known); None for what is no number."""
    if isinstance(value, Known):
        number = value.value
        return (number, number) if isinstance(number, int | float) and number == number else None
    if isinstance(value, OneOf):
        numbers = [one.value for one in value.alternatives if isinstance(one.value, int | float)]
        whole = numbers and len(numbers) == len(value.alternatives) and all(number == number for number in numbers)
        return (min(numbers), max(numbers)) if whole else None
    if isinstance(value, Symbolic):
        from epochlint.expressions.algebra import bounds

        low, high, _ = bounds(value.term)
        return _outward(low, -math.inf), _outward(high, math.inf)
    return None


def _outward(end: Rational | None, away: float) -> Bound:
    """Return an exact end as a number of Python's, rounded away from the interval where it is no float."""
    if end is None:
        return None
    if end.denominator == 1:
        return int(end)
    try:
        near = float(end)
    except OverflowError:
        return None
    exact = near.as_integer_ratio() == (end.numerator, end.denominator)
    inside = near > end if away < 0 else near < end
    return near if exact or not inside else math.nextafter(near, away)


def missing_of(value: Value) -> tuple[str, ...]:
    """Return the names of what would settle a value, in a fixed order."""
    return () if isinstance(value, Known | OneOf) else missing_names(value)
