"""Containers and what is gone through while a script is interpreted: lists, dicts, ranges, iterations."""

from __future__ import annotations

from epochlint.scripts.sites import Site
from epochlint.scripts.things import Datum, OwnSlots, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Slots: TypeAlias = "dict[Any, Any]"


# The key under which a mapping, or an object filled from one, notes that it has entries nobody knows.
MORE = ("more",)


class Entries(OwnSlots):
    """The slots of a mapping, told from other slots because an entry may also not be there."""

    __slots__ = ()


class Content:
    """The elements of a list at one moment; `complete` is false where there may be more or fewer."""

    __slots__ = ("complete", "items")

    def __init__(self, items: tuple[Datum, ...], complete: bool = True) -> None:
        self.items = items
        self.complete = complete


DECLARED = "declared"  # the property of a list that is an option's default: a command line may give another


class Sequence(Datum):
    """A list, tuple or set whose elements are known one by one."""

    __slots__ = ("kind", "parts", "properties", "site", "slots")

    def __init__(self, kind: str, items: tuple[Datum, ...], site: Site, complete: bool = True) -> None:
        self.kind = kind
        self.site = site
        self.slots: Slots = OwnSlots({"content": Content(items, complete)})
        self.parts: dict[Any, Datum] = {}
        self.properties: dict[str, Datum] = {}

    @property
    def items(self) -> tuple[Datum, ...]:
        return self.slots["content"].items  # type: ignore[no-any-return]

    @property
    def complete(self) -> bool:
        return self.slots["content"].complete  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"{self.kind}{list(self.items)}"


class Mapping(Datum):
    """A dict. `slots` are its entries by key; with the key MORE it has entries nobody knows."""

    __slots__ = ("key_sites", "parts", "properties", "site", "slots")

    def __init__(self, entries: dict[Any, Datum], site: Site, complete: bool = True) -> None:
        self.site = site
        self.slots: Slots = Entries(entries)
        if not complete:
            self.slots[MORE] = True
        self.key_sites: dict[Any, Site] = {}
        self.parts: dict[Any, Datum] = {}
        self.properties: dict[str, Datum] = {}

    @property
    def entries(self) -> dict[Any, Datum]:
        if MORE not in self.slots:
            return self.slots
        return {key: value for key, value in self.slots.items() if key is not MORE}

    @property
    def complete(self) -> bool:
        return not self.slots.get(MORE)

    def __repr__(self) -> str:
        return f"dict{self.slots}"


class Range(Datum):
    """`range(start, stop, step)`."""

    __slots__ = ("properties", "site", "start", "step", "stop")

    def __init__(self, start: Scalar, stop: Scalar, step: Scalar, site: Site) -> None:
        self.start = start
        self.stop = stop
        self.step = step
        self.site = site
        self.properties: dict[str, Datum] = {}


class Iteration(Datum):
    """Something to go through once: enumerate, zip, islice, reversed, map, and the items, keys and values of a
    mapping."""

    __slots__ = ("extra", "kind", "parts", "properties", "site")

    def __init__(self, kind: str, parts: tuple[Datum, ...], site: Site, extra: Datum | None = None) -> None:
        self.kind = kind
        self.parts = parts
        self.site = site
        self.extra = extra
        self.properties: dict[str, Datum] = {}


class Slice(Datum):
    """The slice in `x[start:stop:step]`."""

    __slots__ = ("site", "start", "step", "stop")

    def __init__(self, start: Datum | None, stop: Datum | None, step: Datum | None, site: Site) -> None:
        self.start = start
        self.stop = stop
        self.step = step
        self.site = site
