"""The index of a catalogue: which framework, schedule, API or rule could matter for a name, without opening any.

Each table is a part of its own and read when it is first asked for.
"""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

TABLES = (
    "calls",
    "keys",
    "options",
    "schedules",
    "apis",
    "aliases",
    "rules",
    "words",
    "names",
    "loops",
    "packages",
    "readers",
)


@record
class RuleEntry:
    """What is known of a rule without opening it. `needs` are names without which it cannot fire."""

    code: str
    name: str
    family: str
    about: str
    frameworks: tuple[str, ...]
    needs: frozenset[str]
    aliases: tuple[str, ...]


class Index:
    """Looks up names in all layers of a catalogue (our own data, then rule packs)."""

    def __init__(self, layers: Callable[[str], Iterable[Any]]) -> None:
        self._layers = layers
        self._tables: dict[str, Any] = {}
        self._rules: tuple[RuleEntry, ...] | None = None

    def frameworks_for_call(self, called: str) -> tuple[str, ...]:
        """Return the frameworks one of whose signatures a call may match: root package and last part agree.

        `?.fit` (a method of an unknown object) and names without a package agree with any package's.
        """
        return self._matching("calls", called)

    def frameworks_for_key(self, key: str) -> tuple[str, ...]:
        """Return the frameworks for one of whose signatures a top-level key of a configuration file is telling."""
        found: tuple[str, ...] = self._table("keys").get(key, ())
        return found

    def frameworks_with_option(self, option: str) -> tuple[str, ...]:
        found: tuple[str, ...] = self._table("options").get(option, ())
        return found

    def packages(self) -> tuple[str, ...]:
        """Return the packages whose releases matter to some framework."""
        return tuple(dict.fromkeys(self._list("packages")))

    def number_readers(self) -> tuple[str, ...]:
        """Return the packages that read configuration files so that `1e-4` is a number, unlike YAML 1.1."""
        return self._list("readers")

    def loop_frameworks(self) -> tuple[str, ...]:
        """Return the frameworks that describe hand-written training loops."""
        return self._list("loops")

    def schedules_for_call(self, called: str) -> tuple[str, ...]:
        return self._matching("schedules", called)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the names of all files of a kind: framework, schedule, api (libraries), launcher or rule."""
        found: dict[str, None] = {}
        for table in self._layers("names"):
            found.update(dict.fromkeys(table.get(kind, ())))
        return tuple(found)

    def apis_for_call(self, called: str) -> tuple[tuple[str, str, str], ...]:
        """Return (dotted name, library, role) of the APIs that a call may be.

        Package and last part agree, and for a method the class; a name without a package must be the same.
        """
        called = self.canonical(called)
        root, last = called.partition(".")[0], called.rpartition(".")[2]
        found = [entry for entry in self._table("apis").get(last, ()) if entry[0].partition(".")[0] == root]
        exact = [entry for entry in found if entry[0] == called]
        return tuple(exact or [entry for entry in found if _same_class(entry[0], called)])

    def canonical(self, dotted: str) -> str:
        """Replace the longest prefix of a dotted name that is another name of something: `tensorflow.keras.Model`."""
        aliases = self._table("aliases")
        head, tail = dotted, ""
        while head:
            if head in aliases:
                return str(aliases[head]) + tail
            head, dot, last = head.rpartition(".")
            tail = dot + last + tail
        return dotted

    @property
    def rules(self) -> tuple[RuleEntry, ...]:
        if self._rules is None:
            self._rules = tuple(_rule_entry(*entry) for table in self._layers("rules") for entry in table)
        return self._rules

    def rules_about(self, about: str, framework: str) -> list[RuleEntry]:
        """Return the rules about one kind of thing that concern runs of a framework."""
        return [
            entry
            for entry in self.rules
            if entry.about == about and (not entry.frameworks or framework in entry.frameworks)
        ]

    def concerns(self, data: bytes, kind: str) -> bool:
        """Tell whether a file of this kind (python, yaml ...) has a word without which nothing in it concerns us."""
        groups = self._table("words").get(kind, ())
        return any(first in data and (not others or any(other in data for other in others)) for first, others in groups)

    def words(self, kind: str) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
        """Return what `concerns` looks for: a word, and words of which one must be there as well (if there are any)."""
        found: tuple[tuple[bytes, tuple[bytes, ...]], ...] = self._table("words").get(kind, ())
        return found

    def _matching(self, table: str, called: str) -> tuple[str, ...]:
        root, dot, _ = called.partition(".")
        found = self._table(table).get(called.rpartition(".")[2], ())
        if not dot or root == "?":
            return tuple(dict.fromkeys(name for _, name in found))
        roots = {root, self.canonical(called).partition(".")[0]}
        return tuple(dict.fromkeys(name for package, name in found if package in roots))

    def _list(self, name: str) -> tuple[str, ...]:
        return tuple(entry for table in self._layers(name) for entry in table)

    def _table(self, name: str) -> dict[str, Any]:
        table = self._tables.get(name)
        if table is None:
            layers = list(self._layers(name))
            table = layers[0] if len(layers) == 1 else _merged(layers)
            self._tables[name] = table
        return table


def _rule_entry(*stored: Any) -> RuleEntry:
    code, name, family, about, frameworks, needs, aliases = stored
    return RuleEntry(code, name, family, about, frameworks, frozenset(needs), aliases)


def _same_class(name: str, called: str) -> bool:
    """Tell whether both are methods of one class, or none is a method."""
    return _class_of(name) == _class_of(called)


def _class_of(dotted: str) -> str:
    parts = dotted.split(".")
    return parts[-2] if len(parts) > 2 and parts[-2][:1].isupper() else ""


def _merged(layers: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            merged[key] = (*merged[key], *value) if isinstance(value, tuple) and key in merged else value
    return merged
