"""Formulas of schedules, made into functions of the tick: read once, evaluated thousands of times.

A schedule's formula over known parameters depends on nothing but the tick, so everything else is folded into constants
first; `expressions.evaluate`, which handles unknown and symbolic values, would be too slow for a whole curve. What
cannot be computed raises an `UnknownRate`.
"""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    # A formula of the tick, and whether it is the same at every tick.
    Formula: TypeAlias = tuple[Callable[[int], Any], bool]

LARGEST_EXPONENT = 64  # of exact powers of whole numbers; larger ones are computed in floating point


class UnknownRate(Exception):
    """The rate cannot be told; the text says why."""


def constant(value: Any) -> Formula:
    return (lambda _: value), True


def unknown(reason: str) -> Formula:
    def raises(_: int) -> Any:
        raise UnknownRate(reason)

    return raises, False


def remembered(formula: Formula) -> Formula:
    """Keep the value at the last tick, for a name that is used several times."""
    function, same = formula
    if same:
        return formula
    last: list[Any] = [None, None]

    def value(tick: int) -> Any:
        if last[0] != tick:
            last[1] = function(tick)
            last[0] = tick
        return last[1]

    return value, False


def compiled(tree: tuple[Any, ...], names: Mapping[str, Formula]) -> Formula:
    """Return an expression as a function of the tick; `names` are the formulas of its names."""
    kind = tree[0]
    if kind == "value":
        return constant(tree[1])
    if kind == "name":
        return constant(math.pi) if tree[1] == "pi" else names.get(tree[1]) or unknown(f"{tree[1]} is not known")
    if kind == "compare":
        return _compared(tree, names)
    if kind == "item":
        return _folded(lambda items: items[tree[2]], [compiled(tree[1], names)])
    if kind == "call":
        function, parts = _FUNCTIONS.get(tree[1]), tree[2:]
        if function is None:
            return unknown(f"{tree[1]} is no function of schedules")
    else:
        function, parts = _OPERATORS.get(kind), tree[1:]
    formulas = [compiled(part, names) for part in parts]
    if kind == "if":
        return _chosen(*formulas)
    if kind in ("and", "or"):
        return _joined(kind, formulas)
    return _folded(function, formulas) if function else unknown(f"{kind} is not part of a schedule")


def value_at(formula: Formula, tick: int) -> Any:
    """Evaluate at a tick; whatever goes wrong is an UnknownRate."""
    try:
        return formula[0](tick)
    except (ArithmeticError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise UnknownRate(str(error)) from None


def _folded(function: Callable[..., Any], parts: list[Formula]) -> Formula:
    """Apply a function to formulas; what is the same at every tick is computed once."""
    if all(same for _, same in parts):
        try:
            return constant(function(*[part(0) for part, _ in parts]))
        except (ArithmeticError, TypeError, ValueError, IndexError) as error:
            return unknown(str(error))
    if len(parts) == 1:
        only = parts[0][0]
        return (lambda tick: function(only(tick))), False
    if len(parts) == 2:
        return _of_two(function, parts[0], parts[1]), False
    functions = [part for part, _ in parts]
    return (lambda tick: function(*[part(tick) for part in functions])), False


def _of_two(function: Callable[..., Any], left: Formula, right: Formula) -> Callable[[int], Any]:
    one, other = left[0], right[0]
    if left[1]:
        fixed = one(0)
        return lambda tick: function(fixed, other(tick))
    if right[1]:
        fixed = other(0)
        return lambda tick: function(one(tick), fixed)
    return lambda tick: function(one(tick), other(tick))


def _compared(tree: tuple[Any, ...], names: Mapping[str, Formula]) -> Formula:
    left = compiled(tree[1], names)
    parts = []
    for sign, right_tree in zip(tree[2::2], tree[3::2], strict=True):
        right = compiled(right_tree, names)
        parts.append(_folded(_COMPARISONS[sign], [left, right]))
        left = right
    return parts[0] if len(parts) == 1 else _joined("and", parts)


def _chosen(condition: Formula, then: Formula, otherwise: Formula) -> Formula:
    held, same = condition
    if same:
        return then if held(0) else otherwise
    first, second = then[0], otherwise[0]
    return (lambda tick: first(tick) if held(tick) else second(tick)), False


def _joined(kind: str, parts: list[Formula]) -> Formula:
    functions = [part for part, _ in parts]
    if kind == "and":
        joined: Callable[[int], Any] = lambda tick: all(part(tick) for part in functions)  # noqa: E731
    else:
        joined = lambda tick: any(part(tick) for part in functions)  # noqa: E731
    return constant(joined(0)) if all(same for _, same in parts) else (joined, False)


# --- operators and functions ------------------------------------------------------------------------------------------


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) > LARGEST_EXPONENT:
        base = float(base)
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("a root of a negative number")
    return result


def _elementwise(sign: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    """Compare numbers, or each item of a list with a number."""

    def compare(left: Any, right: Any) -> Any:
        if isinstance(left, tuple) and not isinstance(right, tuple):
            return tuple(sign(item, right) for item in left)
        if isinstance(right, tuple) and not isinstance(left, tuple):
            return tuple(sign(left, item) for item in right)
        return sign(left, right)

    return compare


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, str | tuple) or isinstance(right, str | tuple):
        raise TypeError("repeating a text or a list is no arithmetic")
    return left * right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise TypeError("formatting a text is no arithmetic")
    return left % right


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": _times,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": _remainder,
    "**": _power,
    "negate": lambda a: -a,
    "not": lambda a: not a,
    "is none": lambda a: a is None,
    "is not none": lambda a: a is not None,
    "list": lambda *items: items,
}

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
    "<": _elementwise(lambda a, b: a < b),
    "<=": _elementwise(lambda a, b: a <= b),
    ">": _elementwise(lambda a, b: a > b),
    ">=": _elementwise(lambda a, b: a >= b),
}


def _item(items: Any, index: int) -> Any:
    if not 0 <= index < len(items):
        raise IndexError("no such item")
    return items[index]


def _struck(items: Any, tick: int) -> int:
    """Count the items that a counter in whole steps from 0 has been equal to, up to this tick."""
    return sum(1 for item in items if 0 <= item <= tick and item == int(item))


def _scaled(pairs: Any, tick: int) -> float:
    """Multiply the second numbers of all pairs whose first has been reached."""
    product = 1.0
    for start, scale in pairs:
        if tick >= start:
            product *= scale
    return product


def _scaled_between(pairs: Any, tick: int, form: str) -> float:
    """Go from one scale to the next between their boundaries, in a straight line or along half a cosine.

    The scales multiply; before the first boundary it begins at 1, past the last one it stays.
    """
    begin, low = 0, 1.0
    for boundary, scale in sorted(pairs):
        if boundary <= begin:
            raise ValueError("boundaries rise from above 0")
        high = low * scale
        if tick < boundary:
            share = (tick - begin) / (boundary - begin)
            if form == "cosine":
                return float(high + (low - high) / 2 * (math.cos(math.pi * share) + 1))
            return float(low + (high - low) * share)
        begin, low = boundary, high
    return low


def _flat(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 and isinstance(values[0], tuple) else values


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "int": int,
    "float": float,
    "abs": abs,
    "min": lambda *values: min(_flat(values)),
    "max": lambda *values: max(_flat(values)),
    "any": lambda *values: any(_flat(values)),
    "all": lambda *values: all(_flat(values)),
    "sum": sum,
    "len": len,
    "cos": math.cos,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "pow": math.pow,
    # only schedules have these; see docs/loop.md
    "entry": _item,
    "struck": _struck,
    "scaled": _scaled,
    "scaled_between": _scaled_between,
}
