"""Python's operators on the scalars of a script: known numbers as Python computes them, the rest as far as algebra
goes."""

from __future__ import annotations

import operator

from epochlint.expressions.values import FALSE, NONE, TRUE, UNKNOWN, Alternative, Known, OneOf, Symbolic, Unknown, Value
from epochlint.scripts import symbolic
from epochlint.scripts.making import new_known
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.sites import Site

# Numbers beyond this many bits, texts beyond this many characters and more alternatives than this are not followed.
MOST_BITS = 2_048
LONGEST_TEXT = 10_000
MOST_ALTERNATIVES = 16
LONGEST_CONDITION = 200

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
}
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is": "is not", "is not": "is"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def kind_of(scalar: Scalar) -> str:
    """Return the name of a scalar's Python type, empty if it is not certain."""
    if isinstance(scalar.value, Known):
        return type(scalar.value.value).__name__
    if isinstance(scalar.value, OneOf):
        kinds = {type(one.value).__name__ for one in scalar.value.alternatives}
        return kinds.pop() if len(kinds) == 1 else ""
    return scalar.kind


def binary(sign: str, left: Scalar, right: Scalar, site: Site) -> Scalar:
    """Return `left sign right`; what cannot be computed is unknown, and how it was made is kept."""
    value = combine(sign, left.value, right.value)
    kind = _kind(sign, kind_of(left), kind_of(right))
    made = (sign, left, right)
    return Scalar(value, site, "computed", made, kind, left.overridable or right.overridable)


def combine(sign: str, left: Value, right: Value) -> Value:
    """Return the value of `left sign right`."""
    if isinstance(left, Known) and isinstance(right, Known):
        return _compute(sign, left.value, right.value)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return _each(lambda a, b: combine(sign, a, b), left, right)
    return symbolic.combine(sign, left, right)


def _compute(sign: str, left: Any, right: Any) -> Value:
    if not _bounded(sign, left, right):
        return UNKNOWN
    try:
        result = BINARY[sign](left, right)
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return UNKNOWN
    return known(result)


def _bounded(sign: str, left: Any, right: Any) -> bool:
    """Tell whether a result will be of a size that is worth computing."""
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if sign == "**":
        if not numbers:
            return False
        if isinstance(left, int) and isinstance(right, int):
            return abs(right) * max(1, left.bit_length()) <= MOST_BITS
        return True
    if sign == "<<":
        return isinstance(right, int) and 0 <= right <= MOST_BITS
    if sign == "%" and isinstance(left, str):
        return False
    if sign == "*" and not numbers:
        text, times = (left, right) if isinstance(left, str | tuple) else (right, left)
        if not isinstance(text, str | tuple) or not isinstance(times, int):
            return False
        return len(text) * max(times, 1) <= LONGEST_TEXT
    if isinstance(left, str) and isinstance(right, str):
        return len(left) + len(right) <= LONGEST_TEXT
    return True


def known(result: Any) -> Value:
    """Return a computed result as a value, if it is one that is followed: of a plain type and of bounded size."""
    if isinstance(result, bool) or result is None:
        return TRUE if result is True else FALSE if result is False else NONE
    if isinstance(result, int):
        return new_known(result) if result.bit_length() <= 2 * MOST_BITS else UNKNOWN
    if isinstance(result, float):
        return new_known(result)
    if isinstance(result, str | tuple):
        return new_known(result) if len(result) <= LONGEST_TEXT else UNKNOWN
    return UNKNOWN


def _kind(sign: str, left: str, right: str) -> str:
    if left in ("int", "bool", "float") and right in ("int", "bool", "float"):
        if sign == "/":
            return "float"
        if sign == "**":
            return "float" if "float" in (left, right) else ""
        if sign in ("&", "|", "^") and left == right == "bool":
            return "bool"
        return "float" if "float" in (left, right) else "int"
    if left == right == "str" and sign == "+":
        return "str"
    if left == "str" and sign == "%":
        return "str"
    return ""


def _each(function: Callable[[Value, Value], Value], left: Value, right: Value) -> Value:
    """Apply a function to each pair of alternatives that can occur together; unknown if they are too many or not
    known."""
    found: dict[Any, Alternative] = {}
    for first, when in alternatives(left):
        for second, also in alternatives(right):
            condition = both(when, also)
            if condition is None:
                continue
            value = function(first, second)
            if not isinstance(value, Known):
                return UNKNOWN
            if len(found) > MOST_ALTERNATIVES:
                return UNKNOWN
            found.setdefault((type(value.value), value.value, condition), Alternative(value.value, condition))
    return one_of(tuple(found.values()))


def alternatives(value: Value) -> tuple[tuple[Value, str], ...]:
    if isinstance(value, OneOf):
        return tuple((Known(one.value), one.when) for one in value.alternatives)
    return ((value, ""),)


def both(first: str, second: str) -> str | None:
    """Return the text of two conditions together; None if they exclude each other by their very text.

    So values of one branch stay together. The text of a decision is never that of another one.
    """
    if not first or not second or first == second:
        return first or second
    one, other = conditions(first), conditions(second)
    if any(negation(part) in other for part in one):
        return None
    return " and ".join([*one, *[part for part in other if part not in one]])


def conditions(text: str) -> list[str]:
    """Return the conditions that a text joins by `and`; what is in parentheses, or joined by `or`, is one."""
    if " or " not in text and "(" not in text:
        return text.split(" and ")
    parts, depth, begin = [], 0, 0
    for position, letter in enumerate(text):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == " " and depth == 0:
            if text.startswith(" or ", position):
                return [text]
            if text.startswith(" and ", position):
                parts.append(text[begin:position])
                begin = position + 5
    return [*parts, text[begin:]]


def negation(text: str) -> str:
    """Return the text of the opposite of a condition."""
    return text[5:-1] if text.startswith("not (") and text.endswith(")") else f"not ({text})"


def either(first: str, second: str) -> str:
    """Return the text of a condition that holds if one of two does; empty (it may always hold) if that is too long."""
    if first == second or not first or not second:
        return first if first == second else ""
    both = f"{first} or {second}"
    return both if len(both) < LONGEST_CONDITION else ""


def one_of(found: tuple[Alternative, ...]) -> Value:
    """Return one of a few values; equal ones are one, and a single one is known."""
    if not found or len(found) > MOST_ALTERNATIVES:
        return UNKNOWN
    distinct: dict[Any, Alternative] = {}
    for one in found:
        key = (type(one.value), one.value)
        if key in distinct and distinct[key].when != one.when:
            distinct[key] = Alternative(one.value, either(distinct[key].when, one.when))
        else:
            distinct.setdefault(key, one)
    if len(distinct) == 1:
        return Known(next(iter(distinct.values())).value)
    return OneOf(tuple(distinct.values()))


def compare(sign: str, left: Scalar, right: Scalar, site: Site) -> Scalar:
    """Return `left sign right` as a truth value, known where the numbers tell it."""
    value = compare_values(sign, left.value, right.value)
    if isinstance(value, Unknown) and (truth := _by_kind(sign, left, right)) is not None:
        value = TRUE if truth else FALSE
    return Scalar(value, site, "computed", (sign, left, right), "bool", left.overridable or right.overridable)


def compare_values(sign: str, left: Value, right: Value) -> Value:
    if isinstance(left, Known) and isinstance(right, Known):
        first, second = left.value, right.value
        if sign in ("is", "is not"):
            if None not in (first, second) and not isinstance(first, bool) and not isinstance(second, bool):
                return UNKNOWN
            same = first is second
            return TRUE if same == (sign == "is") else FALSE
        try:
            return TRUE if COMPARISONS[sign](first, second) else FALSE
        except (TypeError, KeyError):
            return UNKNOWN
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return _each(lambda a, b: compare_values(sign, a, b), left, right)
    return symbolic.compare(sign, left, right)


def _by_kind(sign: str, left: Scalar, right: Scalar) -> bool | None:
    """Tell what `x is None` or `x == "text"` is where only the type of x is certain."""
    if sign not in ("is", "is not", "==", "!="):
        return None
    kinds = [kind_of(left), kind_of(right)]
    if "" in kinds:
        return None
    families = ["number" if kind in ("int", "float", "bool") else kind for kind in kinds]
    if families[0] != families[1]:
        return sign in ("is not", "!=")
    return None


def unary(sign: str, operand: Scalar, site: Site) -> Scalar:
    value: Value = UNKNOWN
    if isinstance(operand.value, Known):
        plain = operand.value.value
        try:
            if sign == "-":
                value = known(-plain)  # type: ignore[operator]
            elif sign == "+":
                value = known(+plain)  # type: ignore[operator]
            elif sign == "~":
                value = known(~plain)  # type: ignore[operator]
        except TypeError:
            value = UNKNOWN
    elif sign == "+":
        value = operand.value
    elif sign == "-":
        value = combine("-", Known(0), operand.value)
    kind = kind_of(operand)
    result = Scalar(value, site, "computed", ("-", Scalar(Known(0), None), operand) if sign == "-" else None, kind)
    result.overridable = operand.overridable
    if isinstance(value, Known) and operand.origin == "literal" and operand.made is None and not operand.label:
        result.origin, result.made = "literal", None
    return result


def truth(value: Value) -> bool | None:
    """Tell whether a value counts as true, None if that is not known."""
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, OneOf):
        sides = {bool(one.value) for one in value.alternatives}
        return sides.pop() if len(sides) == 1 else None
    if isinstance(value, Symbolic):
        return symbolic.truth(value)
    return None


def opposite(scalar: Scalar, site: Site, inside: Site) -> Scalar:
    """Return `not scalar`; `inside` is the place of what is negated."""
    held = truth(scalar.value)
    value: Value = UNKNOWN if held is None else FALSE if held else TRUE
    if held is None and isinstance(scalar.value, OneOf):
        value = one_of(tuple(Alternative(not one.value, one.when) for one in scalar.value.alternatives))
    return Scalar(value, site, "computed", ("not", scalar, inside), "bool", scalar.overridable)


def linear(scalar: Any) -> tuple[Any, int]:
    """Split `counter + 1` into what is counted and the whole number that is added."""
    offset = 0
    while isinstance(scalar, Scalar) and scalar.made is not None and len(scalar.made) == 3:
        sign, left, right = scalar.made
        if sign == "+" and isinstance(right, Scalar) and isinstance(right.plain, int) and not _is_known(left):
            scalar, offset = left, offset + right.plain
        elif sign == "+" and isinstance(left, Scalar) and isinstance(left.plain, int) and not _is_known(right):
            scalar, offset = right, offset + left.plain
        elif sign == "-" and isinstance(right, Scalar) and isinstance(right.plain, int) and not _is_known(left):
            scalar, offset = left, offset - right.plain
        else:
            break
    return scalar, offset


def _is_known(side: Any) -> bool:
    return not isinstance(side, Scalar) or side.known


def is_counter(scalar: Any) -> bool:
    return isinstance(scalar, Scalar) and scalar.made is not None and scalar.made[0] in ("counter", "var")
