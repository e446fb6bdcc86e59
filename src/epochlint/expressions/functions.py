"""The functions of the language, on plain values. The number of arguments was checked when the text was parsed."""

from __future__ import annotations

import math

from epochlint.expressions.operations import (
    MOST_BITS,
    checked,
    combine,
    conjunction,
    disjunction,
    no_number,
    same,
    truth_of,
)
from epochlint.expressions.plain import NUMBERS, blend, is_known
from epochlint.expressions.values import Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_DIGITS = 300  # round(x, digits)
_LONGEST_NUMBER = 400  # characters of a text that is read as a number


# --- rounding and extrema --------------------------------------------------------------------------------------------


def _rounding(name: str, compute: Callable[[Any], Any], texts: bool = False) -> Callable[..., Any]:
    """Make a function of one number; `texts` are left to Python too, which reads them as numbers."""

    def function(value: Any) -> Any:
        kind = type(value)
        if kind in NUMBERS or (texts and kind is str):
            return checked(compute, value)
        if kind is Symbolic:
            from epochlint.expressions.symbolic import rounded

            return rounded(name, value)
        return value if kind is Unknown else no_number(value)

    return function


def _endless_stays(compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let an endless number be its own rounding: an endless data set has endless batches."""
    return lambda value: value if type(value) is float and math.isinf(value) else compute(value)


_round_whole = _rounding("round", _endless_stays(round))


def _round(value: Any, digits: Any = None) -> Any:
    if digits is None:
        return _round_whole(value)
    if type(value) is Unknown or type(digits) is Unknown or type(digits) is Symbolic:
        return blend(value, digits)
    if type(digits) not in (int, bool) or abs(digits) > _MOST_DIGITS:
        return Unknown(f"round takes up to {_MOST_DIGITS} digits")
    if type(value) is Symbolic:
        from epochlint.expressions.symbolic import rounded_to

        return rounded_to(value, int(digits)) if abs(digits) <= 20 else blend(value)
    return checked(round, value, digits) if type(value) in NUMBERS else no_number(value)


def _extremum(name: str, compute: Callable[..., Any]) -> Callable[..., Any]:
    def function(*values: Any) -> Any:
        among = values[0] if len(values) == 1 and type(values[0]) is tuple else values
        kinds = {type(value) for value in among}
        if kinds <= NUMBERS or kinds == {str}:
            return checked(compute, among)
        if Unknown in kinds:
            return blend(*among)
        if kinds <= NUMBERS | {Symbolic}:
            from epochlint.expressions.symbolic import extremum

            return extremum(name, tuple(among))
        return no_number(next(value for value in among if type(value) not in NUMBERS and type(value) is not Symbolic))

    return function


# --- lists -----------------------------------------------------------------------------------------------------------


def _list_of(values: tuple[Any, ...]) -> list[Any]:
    return list(values[0]) if len(values) == 1 and type(values[0]) is tuple else list(values)


def _no_list(value: Any) -> Unknown:
    return (
        blend(value) if type(value) in (Unknown, Symbolic) else Unknown(f"{no_number(value).reason} and no list either")
    )


def _sum(values: Any) -> Any:
    if type(values) is not tuple:
        return _no_list(values)
    total: Any = 0
    for value in values:
        total = combine("+", total, value)
    return total


def _len(value: Any) -> Any:
    return len(value) if type(value) in (str, tuple) else _no_list(value)


def _count(values: Any, wanted: Any) -> Any:
    if type(values) is not tuple:
        return _no_list(values)
    equal = [same(value, wanted) for value in values]
    return sum(equal) if all(type(one) is bool for one in equal) else blend(*equal)


# --- whole numbers ---------------------------------------------------------------------------------------------------


def _gcd(*values: Any) -> Any:
    if all(type(value) in (int, bool) for value in values):
        return math.gcd(*values)
    if all(type(value) in NUMBERS or type(value) in (Symbolic, Unknown) for value in values):
        return (
            blend(*values)
            if any(type(value) in (Symbolic, Unknown) for value in values)
            else Unknown("gcd takes whole numbers")
        )
    return Unknown("gcd takes whole numbers")


def _divides(divisor: Any, number: Any) -> Any:
    if type(divisor) in NUMBERS and type(number) in NUMBERS:
        rest = combine("%", number, divisor)
        return rest if type(rest) is Unknown else rest == 0
    for value in (divisor, number):
        if type(value) not in NUMBERS and type(value) not in (Symbolic, Unknown):
            return no_number(value)
    if type(divisor) is Unknown or type(number) is Unknown:
        return blend(divisor, number)
    from epochlint.expressions.symbolic import is_divisor

    return is_divisor(divisor, number)


# --- comparing where numbers come from -------------------------------------------------------------------------------


def _compare(left: Any, right: Any) -> Any:
    kinds = (type(left), type(right))
    if Unknown in kinds:
        return "unknown"
    if Symbolic in kinds and all(kind in NUMBERS or kind is Symbolic for kind in kinds):
        from epochlint.expressions.symbolic import likeness

        return likeness(left, right)
    equal = same(left, right)
    return "unknown" if type(equal) is Unknown else "same" if equal else "different"


def _ratio(left: Any, right: Any) -> Any:
    for value in (left, right):
        if type(value) not in NUMBERS and type(value) not in (Symbolic, Unknown):
            return no_number(value)
    if type(left) is Unknown or type(right) is Unknown:
        return blend(left, right)
    if type(left) in NUMBERS and type(right) in NUMBERS:
        exact = type(left) is not float and type(right) is not float and right and left % right == 0
        return combine("//" if exact else "/", left, right)
    from epochlint.expressions.symbolic import quotient_of

    return quotient_of(left, right)


# --- kinds and texts -------------------------------------------------------------------------------------------------

KINDS = {int: "int", float: "float", bool: "bool", str: "str", tuple: "list", type(None): "none"}


def _known(value: Any) -> bool:
    return value is not None and is_known(value)


def _number(value: Any) -> Any:
    """Return a text as the number that Python reads it as, None where it reads none; numbers stay as they are."""
    kind = type(value)
    if kind is not str:
        return value if kind in NUMBERS or kind in (Symbolic, Unknown) else None
    if len(value) > _LONGEST_NUMBER:
        return None
    for read in (int, float):
        try:
            found = read(value)
        except ValueError:
            continue
        return found if isinstance(found, float) or found.bit_length() <= MOST_BITS else None
    return None


def _decimal(value: Any) -> Any:
    """Return a number in the spelling that YAML 1.1 reads as one: `1e-4` is `1.0e-4`. None for a text that is none."""
    kind = type(value)
    if kind in (Symbolic, Unknown):
        return blend(value)
    text = value.strip().lower() if kind is str else repr(value)
    if type(_number(text)) not in (int, float):
        return None
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    return f"{mantissa}{'' if '.' in mantissa else '.0'}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def _lower(value: Any) -> Any:
    if type(value) is str:
        return value.lower()
    return blend(value) if type(value) in (Symbolic, Unknown) else Unknown("only a text has lower case")


def _split(text: Any, separator: Any) -> Any:
    if type(text) is str and type(separator) is str and separator:
        return tuple(part.strip() for part in text.split(separator))
    return blend(text, separator) if type(text) in (Symbolic, Unknown) else Unknown("only a text can be split")


def _parted(text: str) -> tuple[str, str]:
    """Split a number with a unit behind it: 10ep is 10 and ep."""
    suffix = text.strip()
    while suffix and not suffix[0].isalpha():
        suffix = suffix[1:]
    number = text.strip().removesuffix(suffix).strip()
    if suffix[:1] in ("e", "E") and suffix[1:3].lstrip("+-")[:1].isdigit():  # an exponent
        rest = suffix[1:].lstrip("+-").lstrip("0123456789")
        number, suffix = number + suffix.removesuffix(rest), rest
    return number, suffix


def _amount(value: Any) -> Any:
    """Return the number of a text such as 10ep; numbers stay as they are, None where there is none. Of a list, each."""
    if type(value) is tuple:
        return tuple(_amount(item) for item in value)
    return _number(_parted(value)[0] if type(value) is str and len(value) <= _LONGEST_NUMBER else value)


def _suffix(value: Any) -> Any:
    """Return the unit of a text such as 10ep, empty for a number. Of a list, each."""
    if type(value) is tuple:
        return tuple(_suffix(item) for item in value)
    if type(value) is str and len(value) <= _LONGEST_NUMBER:
        return _parted(value)[1]
    return blend(value) if type(value) is Unknown else ""


def _unknown(reason: Any) -> Unknown:
    """Return what a formula says nobody can know."""
    return Unknown(reason) if type(reason) is str else Unknown("unknown takes the reason, a text")


def _smooth(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of known real numbers; of anything else it is unknown."""

    def function(*values: Any) -> Any:
        for value in values:
            if type(value) not in NUMBERS:
                return blend(*values) if type(value) in (Symbolic, Unknown) else no_number(value)
        return checked(compute, *values)

    return function


CALLS: dict[str, Callable[..., Any]] = {
    "ceil": _rounding("ceil", _endless_stays(math.ceil)),
    "floor": _rounding("floor", _endless_stays(math.floor)),
    "round": _round,
    "int": _rounding("int", int, texts=True),
    "float": _rounding("float", float, texts=True),
    "abs": _rounding("abs", abs),
    "min": _extremum("min", min),
    "max": _extremum("max", max),
    "sum": _sum,
    "len": _len,
    "any": lambda *values: disjunction(_list_of(values)),
    "all": lambda *values: conjunction(_list_of(values)),
    "count": _count,
    "gcd": _gcd,
    "divides": _divides,
    "compare": _compare,
    "ratio": _ratio,
    "known": _known,
    "must": lambda value: truth_of(value) is True,
    "may": lambda value: truth_of(value) is not False,
    "number": _number,
    "decimal": _decimal,
    "lower": _lower,
    "split": _split,
    "amount": _amount,
    "suffix": _suffix,
    "unknown": _unknown,
}

# Only where schedules are computed.
SMOOTH: dict[str, Callable[..., Any]] = {
    "sqrt": _smooth(math.sqrt),
    "cos": _smooth(math.cos),
    "exp": _smooth(math.exp),
    "log": _smooth(math.log),
    "pow": _smooth(math.pow),
}
