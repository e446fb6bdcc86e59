"""Operators on plain values. Known numbers are left to Python; everything else takes a detour.

What cannot be computed is an `Unknown` with the reason. Nothing here raises.
"""

from __future__ import annotations

import operator

from epochlint.expressions.plain import NUMBERS, blend, is_known
from epochlint.expressions.values import Symbolic, Unknown
from epochlint.expressions.wording import scalar_text, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST_BITS = 4_096  # of a whole number
MOST_ITEMS = 10_000  # of a list, or characters of a text

COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


# --- arithmetic ------------------------------------------------------------------------------------------------------


def combine(sign: str, left: Any, right: Any) -> Any:
    """Return `left sign right` for an arithmetical sign."""
    kind, other = type(left), type(right)
    if kind in NUMBERS and other in NUMBERS:
        return checked(_power, left, right) if sign == "**" else checked(COMPUTE[sign], left, right)
    if kind is Unknown or other is Unknown:
        return blend(left, right)
    if (kind is Symbolic or kind in NUMBERS) and (other is Symbolic or other in NUMBERS):
        from epochlint.expressions.symbolic import arithmetic

        return arithmetic(sign, left, right)
    if sign == "+" and kind is other and kind in (str, tuple):
        joined = left + right
        return joined if len(joined) <= MOST_ITEMS else Unknown("the result is too large")
    return no_number(right if kind is Symbolic or kind in NUMBERS else left)


def checked(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function of Python on known numbers; what it cannot do is unknown."""
    try:
        result = function(*arguments)
    except ZeroDivisionError:
        return Unknown("division by zero")
    except OverflowError:
        return Unknown("the result is too large")
    except (TypeError, ValueError) as error:
        return Unknown(str(error)[:200])
    kind = type(result)
    if kind is int and result.bit_length() > MOST_BITS:
        return Unknown("the result is too large")
    if kind is float and result != result and not any(argument != argument for argument in arguments):
        return Unknown("arithmetic with something endless")
    return Unknown("the result is no real number") if kind is complex else result


def _power(base: Any, exponent: Any) -> Any:
    whole = type(base) is not float and type(exponent) is not float
    if whole and abs(base) > 1 and exponent * int(base).bit_length() > MOST_BITS:
        raise OverflowError
    return base**exponent


def negated(value: Any) -> Any:
    if type(value) in NUMBERS:
        return -value
    return combine("*", -1, value)


def no_number(value: Any) -> Unknown:
    return Unknown(f"{scalar_text(value)} is no number")


# --- comparisons -----------------------------------------------------------------------------------------------------


def relation(sign: str, left: Any, right: Any) -> Any:
    """Return `left sign right` for a comparison: a truth value, a tuple of them for a list and a number, or Unknown."""
    if sign == "==":
        return same(left, right)
    if sign == "!=":
        return opposite(same(left, right))
    if sign == "in":
        return _contains(right, left)
    if sign == "not in":
        return opposite(_contains(right, left))
    return _order(sign, left, right)


def _order(sign: str, left: Any, right: Any) -> Any:
    kind, other = type(left), type(right)
    if kind in NUMBERS and other in NUMBERS:
        return ORDER[sign](left, right)
    if kind is Unknown or other is Unknown:
        return blend(left, right)
    if (kind is Symbolic or kind in NUMBERS) and (other is Symbolic or other in NUMBERS):
        from epochlint.expressions.symbolic import order

        return order(sign, left, right)
    if kind is other and (kind is str or (kind is tuple and is_known(left) and is_known(right))):
        return checked(ORDER[sign], left, right)
    if kind is tuple and other is not tuple:
        return tuple([_order(sign, item, right) for item in left])
    if other is tuple and kind is not tuple:
        return tuple([_order(sign, left, item) for item in right])
    return Unknown(f"{_told(left)} and {_told(right)} have no order")


def same(left: Any, right: Any) -> Any:
    """Return whether two values are equal, as Python would compare them: `1 == 1.0 == True`, `"1" != 1`."""
    kind, other = type(left), type(right)
    if kind is Unknown or other is Unknown:
        return blend(left, right)
    if kind is Symbolic or other is Symbolic:
        from epochlint.expressions.symbolic import equal

        return equal(left, right)
    if kind is tuple and other is tuple and not (is_known(left) and is_known(right)):
        if len(left) != len(right):
            return False
        return conjunction([same(one, two) for one, two in zip(left, right, strict=True)])
    return bool(left == right)


def _contains(items: Any, item: Any) -> Any:
    if type(items) is tuple:
        return disjunction([same(one, item) for one in items])
    if type(items) is Unknown or type(item) is Unknown:
        return blend(items, item)
    if type(items) is str and type(item) is str:
        return item in items
    return Unknown(f"{_told(items)} is no list that could hold {_told(item)}")


def _told(value: Any) -> str:
    return text_of(value) if type(value) in (Symbolic, Unknown) else scalar_text(value)


# --- truth -----------------------------------------------------------------------------------------------------------


def truth_of(value: Any) -> bool | None:
    """Return True if a value must count as true, False if it cannot, None if it may.

    A list of truth values comes from comparing a list with a number and needs `any` or `all`: unless all of them are
    true, it may.
    """
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is Unknown:
        return None
    if kind is Symbolic:
        from epochlint.expressions.symbolic import truth_of_term

        return truth_of_term(value)
    if kind is tuple and value:
        asks = [item for item in value if type(item) in (bool, Unknown)]
        return True if len(asks) < len(value) or all(item is True for item in asks) else None
    return bool(value)


def opposite(value: Any) -> Any:
    held = truth_of(value)
    return doubt(value) if held is None else not held


def conjunction(values: list[Any]) -> Any:
    """Return whether all of the values count as true."""
    truths = [truth_of(value) for value in values]
    if False in truths:
        return False
    return (
        blend(*[value for value, held in zip(values, truths, strict=True) if held is None]) if None in truths else True
    )


def disjunction(values: list[Any]) -> Any:
    """Return whether any of the values counts as true."""
    truths = [truth_of(value) for value in values]
    if True in truths:
        return True
    return (
        blend(*[value for value, held in zip(values, truths, strict=True) if held is None]) if None in truths else False
    )


def doubt(value: Any) -> Unknown:
    """Return the truth of a value that is not decided."""
    if type(value) is tuple and is_known(value):
        return Unknown("a list of truth values needs any() or all()")
    return blend(value)
