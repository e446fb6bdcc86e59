"""What the plans of one run share: a quantity that comes out the same under two releases is derived once."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from epochlint.knowledge.catalogue import Versions

    Holds = Callable[[Versions], bool]


class Memory:
    """Results by name, each with the versions that it relied on and whether they held.

    Under other releases a result is the same if all of these hold, or do not hold, there too.
    """

    def __init__(self) -> None:
        self._results: dict[str, list[tuple[tuple[tuple[Versions, bool], ...], Any]]] = {}

    def keep(self, name: str, result: Any, relied_on: Iterable[Versions], holds: Holds) -> None:
        conditions = tuple((versions, holds(versions)) for versions in relied_on)
        self._results.setdefault(name, []).append((conditions, result))

    def recall(self, name: str, holds: Holds) -> tuple[Any, set[Versions]] | None:
        """Return a result that is the same where these versions hold, and what it relied on."""
        for conditions, result in self._results.get(name, ()):
            if all(holds(versions) is held for versions, held in conditions):
                return result, {versions for versions, _ in conditions}
        return None
