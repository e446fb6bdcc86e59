"""Plain values: what an expression computes with while it is evaluated.

A plain value is a Python scalar where it is known (int, float, bool, str, None, a tuple of plain values), else a
`Symbolic` or an `Unknown`; in a tuple some may be known and others not.
"""

from __future__ import annotations

from epochlint.expressions.values import Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBERS = frozenset({int, float, bool})


def is_known(value: Any) -> bool:
    kind = type(value)
    if kind is tuple:
        return all(is_known(item) for item in value)
    return kind is not Symbolic and kind is not Unknown


def missing_names(value: Any) -> tuple[str, ...]:
    """Return the names of what would settle a value."""
    kind = type(value)
    if kind is Unknown:
        return value.missing  # type: ignore[no-any-return]
    if kind is Symbolic:
        from epochlint.expressions.algebra import symbols

        return tuple(dict.fromkeys([symbol.name for symbol in symbols(value.term)]))
    if kind is tuple:
        return tuple(dict.fromkeys([name for item in value for name in missing_names(item)]))
    return ()


def reason_of(value: Any) -> str:
    if type(value) is tuple:
        return next((reason for item in value if (reason := reason_of(item))), "")
    return value.reason if type(value) is Unknown else ""


def blend(*values: Any) -> Unknown:
    """Return what comes of values not all of which are known: the first reason, and all that is missing, in order."""
    if len(values) == 1 and type(values[0]) is Unknown:
        return values[0]
    return Unknown(reason_of(values), missing_names(values))
