"""Arithmetic where something is not known, by the algebra of expressions; it is imported when first needed."""

from __future__ import annotations

from epochlint.expressions.values import FALSE, TRUE, UNKNOWN, Alternative, Known, OneOf, Symbolic, Unknown, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.expressions.algebra import Term
    from epochlint.expressions.units import Unit

LARGEST_EXPONENT = 8
# What one operation of the algebra costs, in fuel.
COST = 4
_spent = [0]


def take_cost() -> int:
    """Return what the operations since the last call of this function cost."""
    spent, _spent[0] = _spent[0], 0
    return spent


MOST_COMBINATIONS = 64


def symbol(name: str, unit: Unit | None = None, counts: bool = False, whole: bool = False) -> Value:
    """Return a symbol; `counts` says that it counts something and is an integer of at least 0."""
    from epochlint.expressions import algebra

    least = 1 if unit is not None and str(unit) == "processes" else 0  # something always runs
    return Symbolic(algebra.symbol(name, unit, least if counts else None, None, counts or whole))


def term_of(value: Value) -> Term | None:
    """Return a value as a term of the algebra, None if it is no number or not known at all."""
    if isinstance(value, Symbolic):
        return value.term
    if isinstance(value, Known) and isinstance(value.value, int | float):
        from epochlint.expressions import algebra

        if isinstance(value.value, int):
            return algebra.constant(int(value.value))
        from epochlint.expressions.rationals import as_written

        try:
            return algebra.constant(as_written(value.value))  # 0.1 is a tenth to who wrote it
        except ValueError:  # not finite
            return None
    return None


def value_of(term: Term) -> Value:
    """Return a term as a value: known if no symbol is left in it."""
    from epochlint.expressions import algebra

    number = algebra.constant_of(term)
    if number is None:
        return Symbolic(term)
    return Known(int(number) if number.denominator == 1 else float(number))


def combine(sign: str, left: Value, right: Value) -> Value:
    """Return `left sign right` where at least one of them is symbolic."""
    from epochlint.expressions import algebra

    _spent[0] += COST
    first, second = term_of(left), term_of(right)
    if first is None or second is None:
        return UNKNOWN
    try:
        if sign == "+":
            return value_of(algebra.add(first, second))
        if sign == "-":
            return value_of(algebra.subtract(first, second))
        if sign == "*":
            return value_of(algebra.multiply(first, second))
        if sign == "/":
            return value_of(algebra.divide(first, second))
        if sign == "//":
            return value_of(algebra.floor(algebra.divide(first, second)))
        if sign == "%":
            whole = algebra.floor(algebra.divide(first, second))
            return value_of(algebra.subtract(first, algebra.multiply(second, whole)))
        if (
            sign == "**"
            and isinstance(right, Known)
            and isinstance(right.value, int)
            and 0 <= right.value <= LARGEST_EXPONENT
        ):
            return value_of(algebra.power(first, right.value))
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    return UNKNOWN


def compare(sign: str, left: Value, right: Value) -> Value:
    """Return what a comparison comes to, unknown if it depends on what is not known."""
    from epochlint.expressions import algebra

    first, second = term_of(left), term_of(right)
    if first is None or second is None:
        other = right if isinstance(left, Symbolic) else left
        if isinstance(other, Known) and not isinstance(other.value, int | float):
            return _of_number_and_other(sign)
        return UNKNOWN
    possible = algebra.signs(algebra.subtract(first, second))
    wanted = {"==": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}.get(sign)
    if wanted is None:
        return UNKNOWN
    if possible <= wanted:
        return TRUE
    return UNKNOWN if possible & wanted else FALSE


def _of_number_and_other(sign: str) -> Value:
    """A symbol may stand for something that is no number (an unknown `x` in `x is None`): nothing is decided."""
    del sign
    return UNKNOWN


def truth(value: Symbolic) -> bool | None:
    held = compare("!=", value, Known(0))
    return bool(held.value) if isinstance(held, Known) else None


def is_at_least(value: Value, number: int) -> bool:
    """Tell whether a value is certainly a number of at least so much."""
    if isinstance(value, Known):
        return isinstance(value.value, int | float) and value.value >= number
    if isinstance(value, OneOf):
        return all(isinstance(one.value, int | float) and one.value >= number for one in value.alternatives)
    return isinstance(value, Symbolic) and compare(">=", value, Known(number)) == TRUE


def is_count(value: Value) -> bool:
    """Tell whether a value, used as the end of a slice or range, counts from the front: nobody means a negative
    number there."""
    if isinstance(value, Symbolic):
        return all(coefficient > 0 for coefficient in value.term.parts.values())
    return is_at_least(value, 0)


def call(function: str, arguments: tuple[Value, ...]) -> Value:
    """Return ceil, floor, round, int, abs, min or max of values of any sort."""
    if any(isinstance(argument, Unknown) for argument in arguments):
        return UNKNOWN
    if any(isinstance(argument, OneOf) for argument in arguments):
        return _of_each(function, arguments)
    if all(isinstance(argument, Known) for argument in arguments):
        try:
            return Known(_PLAIN[function](*[argument.value for argument in arguments if isinstance(argument, Known)]))
        except (TypeError, ValueError, OverflowError):
            return UNKNOWN
    _spent[0] += COST
    terms = [term_of(argument) for argument in arguments]
    if any(term is None for term in terms):
        return _with_infinity(function, arguments)
    from epochlint.expressions import algebra

    operation: dict[str, Callable[..., Any]] = {
        "ceil": algebra.ceil,
        "floor": algebra.floor,
        "round": algebra.nearest,
        "int": algebra.truncate,
        "abs": algebra.absolute,
        "min": algebra.minimum,
        "max": algebra.maximum,
    }
    return value_of(operation[function](*terms))


def _with_infinity(function: str, arguments: tuple[Value, ...]) -> Value:
    """Return min or max where one side is infinite."""
    finite = tuple(
        one for one in arguments if not (isinstance(one, Known) and one.value in (float("inf"), float("-inf")))
    )
    if function not in ("min", "max") or len(finite) == len(arguments):
        return UNKNOWN
    neutral = float("inf") if function == "min" else float("-inf")
    if any(isinstance(one, Known) and one.value == -neutral for one in arguments):
        return Known(-neutral)
    return finite[0] if len(finite) == 1 else call(function, finite)


def _of_each(function: str, arguments: tuple[Value, ...]) -> Value:
    from epochlint.scripts.operators import alternatives, both, one_of

    combinations: list[tuple[tuple[Value, ...], str]] = [((), "")]
    for argument in arguments:
        more: list[tuple[tuple[Value, ...], str]] = []
        for values, when in combinations:
            for choice, also in alternatives(argument):
                condition = both(when, also)
                if condition is not None:
                    more.append(((*values, choice), condition))
        combinations = more
        if len(combinations) > MOST_COMBINATIONS:
            return UNKNOWN
    found: list[Alternative] = []
    for values, when in combinations:
        value = call(function, values)
        if not isinstance(value, Known):
            return UNKNOWN
        found.append(Alternative(value.value, when))
    return one_of(tuple(found))


def _ceil(x: Any) -> Any:
    import math

    return math.ceil(x)


def _floor(x: Any) -> Any:
    import math

    return math.floor(x)


_PLAIN: dict[str, Callable[..., Any]] = {
    "ceil": _ceil, "floor": _floor, "round": round, "int": int, "abs": abs, "min": min, "max": max,
}  # fmt: skip
