"""Numbers for people: separators, few digits, units in the singular where there is one."""

from __future__ import annotations

from epochlint.expressions.evaluate import bounds_of, text_of
from epochlint.expressions.values import Known, OneOf, Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.units import Unit
    from epochlint.expressions.values import Scalar, Value

UNKNOWN = "unknown"


def number(value: Scalar) -> str:
    """Return a plain value with few digits: `50,000`, `2.45`, `0.06`, `5e-05`; texts as they are, lists in brackets.

    A number that is not whole never looks whole: 2.999 stays `2.999`.
    """
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int):
        return (
            f"{value:,}" if abs(value) < 10**30 else f"about {value:.3g}" if abs(value) < 10**300 else "a huge number"
        )
    if isinstance(value, float):
        return _fractional(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(number(item) for item in value) + "]"
    return value


def _fractional(value: float) -> str:
    if value - value != 0:
        return "not a number" if value != value else "endless" if value > 0 else "-endless"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if 1e-3 <= abs(value) < 1e12:
        for digits in range(2, 7):
            shown = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
            if "." in shown and abs(float(shown.replace(",", "")) - value) < 0.01 * abs(value):
                return shown
    return f"{value:.4g}"


def rate(value: float | None) -> str:
    """Return a learning rate: `5e-05`, `0.001`."""
    return UNKNOWN if value is None else f"{value:.4g}"


def amount(value: Value, unit: Unit | None) -> str:
    """Return a value with its unit: `500 steps`, `1 sample`, `at most 71 steps`, `4 or 8 epochs`, `unknown`.

    Of a quotient only the upper unit is named: a micro-batch size is so many samples.
    """
    if unit is not None and str(unit) == "flag":
        return flag(value)
    words = estimate(value)
    name = _upper_unit(unit)
    if words == UNKNOWN or not name:
        return words
    one = isinstance(value, Known) and value.value == 1 and not isinstance(value.value, bool)
    return f"{words} {singular(name) if one else name}"


def flag(value: Value) -> str:
    """Return yes, no or unknown."""
    if isinstance(value, Known):
        return "yes" if value.value else "no"
    return UNKNOWN


def estimate(value: Value) -> str:
    """Return a value without its unit, or as much as is known of it: `at least 1`, `2 to 8`."""
    if isinstance(value, Known):
        return number(value.value)
    if isinstance(value, OneOf):
        return " or ".join(number(one.value) for one in value.alternatives)
    low, high = bounds_of(value) or (None, None)
    if low is None and high is None:
        return UNKNOWN
    if high is None:
        return f"at least {number(low)}" if low not in (None, 0, 1) else UNKNOWN
    if low is None or low <= 1:
        return f"at most {number(high)}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def expression_of(value: Value) -> str:
    """Return a symbolic value as its formula, and nothing for any other."""
    return text_of(value) if isinstance(value, Symbolic) else ""


def reason_of(value: Value) -> str:
    """Return why a value is unknown, if it says so."""
    return value.reason if isinstance(value, Unknown) else ""


def _upper_unit(unit: Unit | None) -> str:
    return " × ".join(name for name, power in unit.powers if power > 0) if unit is not None else ""


def singular(name: str) -> str:
    """Return the name of a unit for one of it: `step`, `micro-batch`."""
    return name.removesuffix("es") if name.endswith(("processes", "batches")) else name.removesuffix("s")
