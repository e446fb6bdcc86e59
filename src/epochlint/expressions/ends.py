"""Intervals of rational numbers, whose ends may be infinite: sums, products, powers and rounding.

An end is exact, or an infinite float. An infinite end stands for numbers without a bound, none of them infinite; so
zero times an infinite end is zero.
"""

from __future__ import annotations

from math import inf

from epochlint.expressions.rationals import Rational, quotient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

End: TypeAlias = "Rational | float"
Interval: TypeAlias = "tuple[Rational | float, Rational | float]"

EVERYTHING: Interval = (-inf, inf)


def whole_ends(low: End, high: End) -> Interval:
    return round_end(low, True), round_end(high, False)


def round_end(end: End, up: bool) -> End:
    if isinstance(end, float):
        return end
    return -(-end.numerator // end.denominator) if up else end.numerator // end.denominator


def plus_end(left: End, right: End) -> End:
    return left if isinstance(left, float) else right if isinstance(right, float) else left + right


def interval_scaled(ends: Interval, factor: Rational) -> Interval:
    """Multiply an interval by a number that is not zero."""
    low, high = ends
    if factor == 1:
        return ends
    low, high = _end_product(low, factor), _end_product(high, factor)
    return (low, high) if factor > 0 else (high, low)


def interval_times(left: Interval, right: Interval) -> Interval:
    if left[0] >= 0 and right[0] >= 0:
        return _end_product(left[0], right[0]), _end_product(left[1], right[1])
    ends = [_end_product(one, other) for one in left for other in right]
    return min(ends), max(ends)


def _end_product(left: End, right: End) -> End:
    if not left or not right:
        return 0  # an end stands for numbers below any bound, none of them infinite
    if isinstance(left, float) or isinstance(right, float):
        return inf if (left > 0) == (right > 0) else -inf
    return left * right


def interval_power(ends: Interval, exponent: int) -> Interval:
    low, high = ends
    if exponent < 0:
        if low < 0 < high or low == high == 0:
            return EVERYTHING
        low, high = interval_power(ends, -exponent)
        return _inverted(high, low < 0), _inverted(low, low < 0)
    if exponent == 1:
        return ends
    first, second = _end_power(low, exponent), _end_power(high, exponent)
    if exponent % 2:
        return first, second
    return (0 if low <= 0 <= high else min(first, second)), max(first, second)


def _end_power(end: End, exponent: int) -> End:
    return end**exponent if not isinstance(end, float) else inf if end > 0 or exponent % 2 == 0 else -inf


def _inverted(end: End, negative: bool) -> End:
    """Return one divided by an end of an interval that lies on one side of zero."""
    if isinstance(end, float):
        return 0
    return quotient(1, end) if end else -inf if negative else inf
