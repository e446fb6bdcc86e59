"""Alternatives: which of them can occur together, and what comes of evaluating an expression once for each.

A label (`when`) says under which conditions an alternative holds, joined by `and`. Conditions with the same text are
the same: values of one branch stay together, and what holds when `x` never meets what holds when `not (x)`.
"""

from __future__ import annotations

from epochlint.expressions.plain import blend, is_known, missing_names
from epochlint.expressions.values import FALSE, NONE, TRUE, Alternative, Known, OneOf, Symbolic, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from epochlint.expressions.values import Value

MOST_COMBINATIONS = 16
LONGEST_LABEL = 200


def conditions(label: str) -> tuple[str, ...]:
    """Return the conditions that a label joins by `and`."""
    if not label:
        return ()
    return (label,) if " or " in label else tuple(label.split(" and "))


def opposite_condition(condition: str) -> str:
    if condition.startswith("not (") and condition.endswith(")"):
        return condition[5:-1]
    return f"not ({condition})"


def possible(labels: tuple[str, ...], held: set[str]) -> list[int]:
    """Return which of the alternatives with these labels can occur where these conditions hold; all if none could."""
    parts = [set(conditions(label)) for label in labels]
    implied = [index for index, part in enumerate(parts) if part and part <= held]
    if implied:
        return implied
    denied = {opposite_condition(condition) for condition in held}
    return [index for index, part in enumerate(parts) if not part & denied] or list(range(len(labels)))


def wrapped(plain: Any) -> Value:
    """Return a plain value as a value."""
    kind = type(plain)
    if kind is bool:
        return TRUE if plain else FALSE
    if plain is None:
        return NONE
    if kind is Symbolic or kind is Unknown:
        return plain  # type: ignore[no-any-return]
    if kind is tuple and not is_known(plain):
        return blend(plain)
    return Known(plain)


def merged(outcomes: list[tuple[Any, str]], missing: tuple[str, ...] = ()) -> Value:
    """Return what is known of a value that is one of these, each with its label; `missing` would tell which."""
    distinct: dict[Any, tuple[Any, str]] = {}
    for value, label in outcomes:
        key = _identity(value)
        if key in distinct:
            label = _either(distinct[key][1], label)
        distinct[key] = (value, label)
    values = [value for value, _ in distinct.values()]
    if len(values) == 1:
        only = wrapped(values[0])
        return Unknown(only.reason, _united(missing, only.missing)) if isinstance(only, Unknown) else only
    truths_only = missing and all(type(value) is bool for value in values)
    if len(values) > MOST_COMBINATIONS or truths_only or not all(is_known(value) for value in values):
        return Unknown(_reason(values), _united(missing, *[missing_names(value) for value in values]))
    return OneOf(tuple(Alternative(value, label) for value, label in distinct.values()))


def join(values: Iterable[Value], labels: tuple[str, ...] = ()) -> Value:
    """Return what is known of a value that is one of these: itself if all are the same, a few known ones, or unknown.

    `labels` say when each of them is it.
    """
    outcomes: list[tuple[Any, str]] = []
    for index, value in enumerate(values):
        label = labels[index] if index < len(labels) else ""
        if isinstance(value, OneOf):
            outcomes += [(one.value, one.when or label) for one in value.alternatives]
        else:
            outcomes.append((value.value if isinstance(value, Known) else value, label))
    return merged(outcomes) if outcomes else Unknown()


def _reason(values: list[Any]) -> str:
    told = blend(*values).reason
    return told or ("" if all(type(value) is bool for value in values) else "it is one of several values")


def _either(first: str, second: str) -> str:
    """Return the label of what holds under the one or the other; none if it is always, or too long to read."""
    if first == second or not first or not second:
        return first if first == second else ""
    both = f"{first} or {second}"
    return both if len(both) <= LONGEST_LABEL else ""


def _united(*names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name for group in names for name in group]))


def _identity(value: Any) -> Any:
    """Return a key that tells kinds apart: 1, 1.0 and True are three values."""
    kind = type(value)
    if kind is tuple:
        return kind, tuple([_identity(item) for item in value])
    return kind, repr(value) if kind is float else value
