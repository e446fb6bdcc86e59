"""Operators where at least one side is an expression over symbols; imported only when there is one.

A known number goes into the algebra exactly, a float as the decimal that it is written as. Where the result holds no
symbol any more it is a known number again: an int if it is whole.
"""

from __future__ import annotations

from math import inf, isfinite

from epochlint.expressions import algebra
from epochlint.expressions.algebra import Symbol, Term
from epochlint.expressions.plain import NUMBERS, blend, missing_names
from epochlint.expressions.rationals import as_written, power
from epochlint.expressions.remembering import remembered
from epochlint.expressions.values import Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LARGEST_EXPONENT = 16
_LARGEST_FLOAT = 2**1_023

_WANTED: dict[str, frozenset[int]] = {
    "<": frozenset({-1}), "<=": frozenset({-1, 0}), ">": frozenset({1}), ">=": frozenset({0, 1}), "==": frozenset({0}),
}  # fmt: skip


def term_of(value: Any) -> Term:
    """Return a finite number or a symbolic value as a term."""
    if type(value) is Symbolic:
        return value.term
    return algebra.constant(as_written(value) if type(value) is float else int(value))


def plain(term: Term) -> Any:
    """Return a term as a plain value: a number where no symbol is left in it."""
    number = algebra.constant_of(term)
    if number is None:
        return Symbolic(term)
    if number.denominator == 1:
        return int(number)
    return float(number) if -_LARGEST_FLOAT < number < _LARGEST_FLOAT else Unknown("the result is too large")


def is_surely_number(value: Symbolic) -> bool:
    """Tell whether a value can only be a number: a bare symbol of which nothing is known may stand for anything."""
    if len(value.term.parts) != 1:
        return True
    ((monomial, coefficient),) = value.term.parts.items()
    if coefficient != 1 or len(monomial) != 1:
        return True
    ((atom, power),) = monomial
    if power != 1 or not isinstance(atom, Symbol):
        return True
    return atom.unit is not None or atom.whole or atom.low is not None or atom.high is not None


# --- operators -------------------------------------------------------------------------------------------------------


@remembered
def arithmetic(sign: str, left: Any, right: Any) -> Any:
    if not (_is_finite(left) and _is_finite(right)):
        return _with_infinity(sign, left, right)
    first, second = term_of(left), term_of(right)
    try:
        if sign == "**":
            return _power(first, second, left, right)
        return plain(_OPERATIONS[sign](first, second))
    except ZeroDivisionError:
        return Unknown("division by zero")


def floor_quotient(left: Term, right: Term) -> Term:
    return algebra.floor(algebra.divide(left, right))


def remainder(left: Term, right: Term) -> Term:
    return algebra.subtract(left, algebra.multiply(right, floor_quotient(left, right)))


_OPERATIONS: dict[str, Callable[[Term, Term], Term]] = {
    "+": algebra.add, "-": algebra.subtract, "*": algebra.multiply,
    "/": algebra.divide, "//": floor_quotient, "%": remainder,
}  # fmt: skip


def _power(first: Term, second: Term, left: Any, right: Any) -> Any:
    exponent = algebra.constant_of(second)
    if exponent is None or exponent.denominator != 1 or not -_LARGEST_EXPONENT <= exponent <= _LARGEST_EXPONENT:
        return blend(left, right)
    return plain(algebra.power(first, int(exponent)))


def _is_finite(value: Any) -> bool:
    return type(value) is not float or isfinite(value)


def _with_infinity(sign: str, left: Any, right: Any) -> Any:
    """Calculate with a float that is not finite and with a symbolic value, which is."""
    endless = left if type(left) is float else right
    if endless != endless:
        return Unknown("arithmetic with something that is not a number")
    if sign == "+":
        return endless
    if sign == "-":
        return endless if endless is left else -endless
    if sign == "/" and endless is right:
        return 0.0
    if sign in ("*", "/"):
        possible = algebra.signs((right if endless is left else left).term)
        if possible in (frozenset({1}), frozenset({-1})):
            return endless if 1 in possible else -endless
    return Unknown("arithmetic with something endless", missing_names((left, right)))


# --- comparisons -----------------------------------------------------------------------------------------------------


@remembered
def order(sign: str, left: Any, right: Any) -> Any:
    """Return the truth of a comparison where the bounds of the difference decide it."""
    if not (_is_finite(left) and _is_finite(right)):
        first, second = (0.0 if type(one) is Symbolic else one for one in (left, right))
        return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[sign]
    return _decided(sign, algebra.subtract(term_of(left), term_of(right)))


@remembered
def equal(left: Any, right: Any) -> Any:
    number, other = (left, right) if type(left) is Symbolic else (right, left)
    if type(other) not in NUMBERS and type(other) is not Symbolic:
        return False if is_surely_number(number) else blend(number)
    if not _is_finite(other):
        return False
    return _decided("==", algebra.subtract(number.term, term_of(other)))


def _decided(sign: str, apart: Term) -> Any:
    possible, wanted = algebra.signs(apart), _WANTED[sign]
    if possible <= wanted:
        return True
    return Unknown("", missing_names(Symbolic(apart))) if possible & wanted else False


def truth_of_term(value: Symbolic) -> bool | None:
    if not is_surely_number(value):
        return None
    possible = algebra.signs(value.term)
    return None if len(possible) > 1 and 0 in possible else possible != {0}


# --- functions -------------------------------------------------------------------------------------------------------


@remembered
def rounded(function: str, value: Symbolic) -> Any:
    """Return ceil, floor, round, int, float or abs of a symbolic value."""
    operation = {
        "ceil": algebra.ceil,
        "floor": algebra.floor,
        "round": algebra.nearest,
        "int": algebra.truncate,
        "abs": algebra.absolute,
    }.get(function)
    return value if operation is None else plain(operation(value.term))


@remembered
def rounded_to(value: Symbolic, digits: int) -> Any:
    scale = algebra.constant(power(10, digits))
    return plain(algebra.divide(algebra.nearest(algebra.multiply(value.term, scale)), scale))


@remembered
def extremum(function: str, values: tuple[Any, ...]) -> Any:
    """Return min or max of numbers of which at least one is symbolic; endless ones count as such."""
    beaten = inf if function == "min" else -inf
    if any(value != value for value in values if type(value) is float):
        return Unknown("arithmetic with something that is not a number")
    if any(type(value) is float and value == -beaten for value in values):
        return -beaten
    terms = [term_of(value) for value in values if _is_finite(value)]
    return plain(algebra.minimum(*terms) if function == "min" else algebra.maximum(*terms))


@remembered
def is_divisor(divisor: Any, number: Any) -> Any:
    """Tell whether one number divides another, where that is so for all values of the symbols, or for none."""
    if not (_is_finite(divisor) and _is_finite(number)):
        return Unknown("arithmetic with something endless")
    try:
        quotient = algebra.divide(term_of(number), term_of(divisor))
    except ZeroDivisionError:
        return Unknown("division by zero")
    if algebra.is_whole(quotient):
        return True
    return _decided("==", algebra.subtract(quotient, algebra.floor(quotient)))


@remembered
def likeness(left: Any, right: Any) -> str:
    """Compare two numbers: same, factor, different or unknown."""
    if not (_is_finite(left) and _is_finite(right)):
        return "different" if type(left) is not type(right) or left != right else "same"
    return algebra.compare(term_of(left), term_of(right))


@remembered
def quotient_of(left: Any, right: Any) -> Any:
    if not (_is_finite(left) and _is_finite(right)):
        return Unknown("arithmetic with something endless")
    found = algebra.ratio(term_of(left), term_of(right))
    return blend(left, right) if found is None else plain(found)
