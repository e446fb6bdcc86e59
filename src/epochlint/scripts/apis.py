"""What the script reader asks of the knowledge about libraries."""

from __future__ import annotations

from epochlint.knowledge.catalogue import Api

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class ApiTable(Protocol):
        """Library calls by dotted name; the catalogue is one."""

        def api(self, dotted: str) -> Api | None:
            """Return what is known of a call, with aliases of packages taken into account; None if nothing is."""

        def canonical(self, dotted: str) -> str:
            """Replace the prefix of a dotted name that is another name of a package: `tensorflow.keras.Model`."""

        def is_library(self, name: str) -> bool:
            """Tell whether a name is that of a library some of whose calls are known."""


class Apis:
    """A table of a few APIs, for a rule pack or a test.

    Root package and last part of a name must match, whatever stands between, since libraries re-export; for a method
    `package.Class.method` the class must match too.
    """

    def __init__(self, apis: Iterable[Api] = (), aliases: Iterable[tuple[str, str]] = ()) -> None:
        self._aliases = tuple(sorted(aliases, key=lambda alias: -len(alias[0])))
        self._exact: dict[str, Api] = {}
        self._loose: dict[tuple[str, ...], Api] = {}
        for api in apis:
            self._exact.setdefault(api.name, api)
            self._loose.setdefault(_loosely(api.name), api)

    def is_library(self, name: str) -> bool:
        return any(known.partition(".")[0] == name for known in self._exact)

    def canonical(self, dotted: str) -> str:
        for prefix, meaning in self._aliases:
            if dotted == prefix or dotted.startswith(prefix + "."):
                return meaning + dotted[len(prefix) :]
        return dotted

    def api(self, dotted: str) -> Api | None:
        dotted = self.canonical(dotted)
        return self._exact.get(dotted) or self._loose.get(_loosely(dotted))


def _loosely(dotted: str) -> tuple[str, ...]:
    parts = dotted.split(".")
    if len(parts) > 2 and parts[-2][:1].isupper():
        return parts[0], parts[-2], parts[-1]
    return parts[0], parts[-1]
