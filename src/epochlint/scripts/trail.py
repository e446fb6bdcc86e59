"""Writing with a way back: the two sides of a branch are run one after the other on the same objects, then joined.

Every write to the variables, attributes, entries and elements of a script goes through `Trail.store`, which remembers
what
was there before.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from epochlint.scripts.things import Slots

    # What was written where, by identity of the slots and by key: the slots, the key, the value
    Writes: TypeAlias = "dict[tuple[int, Any], tuple[Slots, Any, Any]]"

ABSENT: Any = ("absent",)


class Trail:
    """The writes so far, oldest first.

    `version` changes with every write that more than one call of a function can see.
    """

    def __init__(self) -> None:
        self._log: list[tuple[Slots, Any, Any, bool]] = []
        self.version = 0

    def store(self, slots: Slots, key: Any, value: Any, shared: bool = True) -> None:
        self._log.append((slots, key, slots.get(key, ABSENT), shared))
        self.version += shared
        slots[key] = value

    def remove(self, slots: Slots, key: Any) -> None:
        if key in slots:
            self._log.append((slots, key, slots[key], True))
            self.version += 1
            del slots[key]

    @property
    def mark(self) -> int:
        return len(self._log)

    def written_since(self, mark: int, born: int | None = None) -> Writes:
        """Return the present value of everything written since a mark, in order of the first write.

        With `born`, without what was written to things that are younger.
        """
        writes: Writes = {}
        log = self._log
        for position in range(mark, len(log)):
            slots, key, _, _ = log[position]
            where = (id(slots), key)
            if where not in writes and (born is None or getattr(slots, "born", 0) <= born):
                writes[where] = (slots, key, slots.get(key, ABSENT))
        return writes

    def writes_of(self, mark: int) -> dict[tuple[int, Any], int]:
        """Count, for everything written since the mark, how often it was written."""
        counts: dict[tuple[int, Any], int] = {}
        for slots, key, _, _ in self._log[mark:]:
            where = (id(slots), key)
            counts[where] = counts.get(where, 0) + 1
        return counts

    def before(self, mark: int) -> Writes:
        """Return what stood at the mark wherever something was written since."""
        old: Writes = {}
        log = self._log
        for position in range(mark, len(log)):
            slots, key, value, _ = log[position]
            where = (id(slots), key)
            if where not in old:
                old[where] = (slots, key, value)
        return old

    def undo(self, mark: int, born: int | None = None) -> None:
        """Take back everything written since the mark; with `born`, not what was written to things that are younger."""
        log = self._log
        while len(log) > mark:
            slots, key, value, shared = log.pop()
            self.version += shared
            if born is not None and getattr(slots, "born", 0) > born:
                continue
            if value is ABSENT:
                slots.pop(key, None)
            else:
                slots[key] = value

    def settle(self, mark: int) -> None:
        """Make everything written since the mark stay, whatever is undone later."""
        del self._log[mark:]
        self.version += 1

    def restore(self, writes: Writes) -> None:
        """Write again what was undone."""
        for slots, key, value in writes.values():
            if value is ABSENT:
                self.remove(slots, key)
            else:
                self.store(slots, key, value)

    def join(self, sides: list[Writes], join: Callable[[Slots, Any, list[Any]], Any]) -> None:
        """Write the join of several sides, each given by its writes; the state must be that before them.

        `join` is called with the slots, the key and the values of the sides in order, some of which may be ABSENT.
        """
        places: dict[tuple[int, Any], tuple[Slots, Any]] = {}
        for side in sides:
            for where, (slots, key, _) in side.items():
                places.setdefault(where, (slots, key))
        for where, (slots, key) in places.items():
            present = slots.get(key, ABSENT)
            values = [side[where][2] if where in side else present for side in sides]
            joined = values[0] if all(value is values[0] for value in values) else join(slots, key, values)
            if joined is present:
                continue
            if joined is ABSENT:
                self.remove(slots, key)
            else:
                self.store(slots, key, joined)
