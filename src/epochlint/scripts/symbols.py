"""Symbols for what is not known: each thing has one, under a name that no other thing has."""

from __future__ import annotations

from epochlint.scripts import symbolic
from epochlint.scripts.sites import text_of
from epochlint.scripts.things import Datum, Object, Opaque, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.expressions.units import Unit
    from epochlint.expressions.values import Value

LONGEST_NAME = 80


class Symbols:
    """Gives out symbols. A name that is taken by another thing is told apart by the line, then by a number."""

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}
        self._values: dict[Any, Value] = {}
        self._conditions: dict[str, Any] = {}
        self._texts: dict[Any, str] = {}
        self._kept: list[Any] = []  # keys may hold identities of objects, which must not be used again

    def symbol(
        self, name: str, key: Any, unit: Unit | None = None, line: int = 0, counts: bool = False, whole: bool = False
    ) -> Value:
        """Return the symbol of the thing with this key; `counts` says that it is an integer of at least 0."""
        value = self._values.get(key)
        if value is None:
            value = symbolic.symbol(self._free_name(name or "value", key, line), unit, counts, whole)
            self._values[key] = value
        return value

    def _free_name(self, name: str, key: Any, line: int) -> str:
        return _free(self._keys, name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…", key, line)

    def condition(self, text: str, decision: Datum, line: int) -> str:
        """Return the text by which alternatives name a condition; the same text is always the same decision."""
        key = id(decision)
        if key not in self._texts:
            self._kept.append(decision)
            text = f"({text})" if " and " in text or " or " in text else text
            self._texts[key] = _free(self._conditions, text or "condition", key, line)
        return self._texts[key]

    def number_of(self, thing: Opaque | Object, line: int = 0) -> Scalar:
        """Return what an unknown thing is as a number: a symbol named by its source text."""
        if thing.number is None:
            self._kept.append(thing)
            unit = thing.unit if isinstance(thing, Opaque) else None
            kind = thing.kind if isinstance(thing, Opaque) else ""
            origin = thing.origin if isinstance(thing, Opaque) else "computed"
            text = thing.text if isinstance(thing, Opaque) else text_of(thing.site)
            value = self.symbol(text, id(thing), unit, line, unit is not None, kind == "int")
            scalar = Scalar(value, thing.site, origin, None, kind)
            scalar.overridable = origin in ("environment", "declared-default")
            thing.number = scalar
        return thing.number


def _free(taken: dict[str, Any], name: str, key: Any, line: int) -> str:
    if name in taken and taken[name] != key and line:
        name = f"{name} (line {line})"
    if name not in taken or taken[name] == key:
        taken[name] = key
        return name
    number = taken.get(name + "#", 1)  # how many things were given this name so far
    free = name
    while free in taken and taken[free] != key:
        number += 1
        free = f"{name} ({number})"
    taken[free], taken[name + "#"] = key, number
    return free
