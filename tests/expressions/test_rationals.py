"""Exact rational numbers do as those of Python's library do, alone and mixed with them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from epochlint.expressions.rationals import Ratio, as_written, lean, power, quotient, ratio

EXACT = st.fractions(max_denominator=60) | st.fractions() | st.integers(-9, 9).map(Fraction)
OTHERS = EXACT | st.integers(-9, 9) | st.floats(allow_nan=True)


def own(number: Fraction) -> Any:
    return ratio(number.numerator, number.denominator)


def same(found: Any, expected: Any) -> bool:
    """Both are the same number; what is whole is an int, what is not is ours."""
    kind = int if expected.denominator == 1 else Ratio
    pair = (found.numerator, found.denominator) == (expected.numerator, expected.denominator)
    return type(found) is kind and pair and hash(found) == hash(expected) and found == expected and expected == found


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul])
@given(left=EXACT, right=EXACT)
def test_operations(operation: Callable[[Any, Any], Any], left: Fraction, right: Fraction) -> None:
    expected = operation(left, right)
    assert same(operation(own(left), own(right)), expected)
    assert lean(operation(own(left), right)) == lean(operation(left, own(right))) == expected


@given(EXACT, EXACT)
def test_quotients(left: Fraction, right: Fraction) -> None:
    if right:
        assert same(quotient(own(left), own(right)), left / right)
    else:
        with pytest.raises(ZeroDivisionError):
            quotient(own(left), own(right))


@given(EXACT, st.integers(-5, 5))
def test_powers(base: Fraction, exponent: int) -> None:
    assume(base or exponent >= 0)
    assert same(power(own(base), exponent), base**exponent)


@pytest.mark.parametrize("function", [math.floor, math.ceil, math.trunc, round, int, float, bool, abs, operator.neg])
@given(number=EXACT)
def test_functions(function: Callable[[Any], Any], number: Fraction) -> None:
    assert function(own(number)) == function(number)


@pytest.mark.parametrize("relation", [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge])
@given(left=EXACT, right=OTHERS)
def test_comparisons(relation: Callable[[Any, Any], bool], left: Fraction, right: Any) -> None:
    expected, turned = relation(left, right), relation(right, left)
    for other in [right] if isinstance(right, float) else [right, own(Fraction(right))]:
        assert relation(own(left), other) == expected
        assert relation(other, own(left)) == turned


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_the_decimals_that_they_are_written_as(number: float) -> None:
    assert same(as_written(number), Fraction(repr(number)))
