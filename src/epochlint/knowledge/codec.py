"""Records as plain data that marshal can store, and back.

A record becomes a list whose first item is the number of its class; a tuple that holds records becomes a list that
begins with -1, a set one that begins with -2. Everything else (numbers, texts, tuples of these) is stored as it is and
not even looked into when it is read.
"""

from __future__ import annotations

from epochlint.expressions import language, units
from epochlint.knowledge import catalogue, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TUPLE, _SET = -1, -2


def _records_of(*modules: Any) -> tuple[type, ...]:
    found: dict[str, type] = {}
    for module in modules:
        for thing in vars(module).values():
            if isinstance(thing, type) and hasattr(thing, "_fields"):
                found.setdefault(thing.__name__, thing)
    return tuple(found[name] for name in sorted(found))


CLASSES = _records_of(units, language, catalogue, rule)
_NUMBERS = {cls: number for number, cls in enumerate(CLASSES)}
# What stored data depend on: they are of no use to a program whose records have other fields.
SHAPE = tuple((cls.__name__, tuple(cls._fields)) for cls in CLASSES)  # type: ignore[attr-defined]


def encode(value: Any) -> Any:
    """Return a record, or a tuple of such, as plain data."""
    number = _NUMBERS.get(type(value))
    if number is not None:
        fields = [encode(getattr(value, name)) for name in value._fields]
        defaults = list(value._fields.values())
        while (
            fields and type(fields[-1]) is type(defaults[len(fields) - 1]) and fields[-1] == defaults[len(fields) - 1]
        ):
            fields.pop()
        return [number, *fields]
    if type(value) is frozenset:
        return [_SET, *sorted(value)]  # sets have another order in each run
    if type(value) is tuple:
        items = [encode(item) for item in value]
        return [_TUPLE, *items] if any(type(item) is list for item in items) else tuple(items)
    return value


class Decoder:
    """Builds records from plain data, and counts them."""

    def __init__(self) -> None:
        self.built = 0

    def decode(self, stored: Any) -> Any:
        if type(stored) is not list:
            return stored
        number = stored[0]
        items = [item if type(item) is not list else self.decode(item) for item in stored[1:]]
        if number == _TUPLE:
            return tuple(items)
        if number == _SET:
            return frozenset(items)
        self.built += 1
        return CLASSES[number](*items)
