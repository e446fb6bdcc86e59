"""Names: which scope a name is looked up in, and which one it is written to."""

from __future__ import annotations

from epochlint.scripts.things import Datum, OwnSlots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.sites import Source
    from epochlint.scripts.things import Slots
    from epochlint.scripts.trail import Trail


class Scope:
    """The names of a module, class, function or comprehension."""

    __slots__ = (
        "captured",
        "declared_global",
        "declared_nonlocal",
        "kind",
        "module",
        "name",
        "owner",
        "parent",
        "slots",
        "source",
        "stars",
    )

    def __init__(self, kind: str, name: str, source: Source, parent: Scope | None = None) -> None:
        self.kind = kind
        self.name = name  # qualified inside the module: `Trainer.fit`; empty for the module itself
        self.source = source
        self.parent = parent
        self.module: Scope = parent.module if parent is not None else self
        self.slots: Slots = OwnSlots()
        self.captured = kind in ("module", "class")  # whether a function defined inside may read its names
        self.declared_global: set[str] | None = None
        self.declared_nonlocal: set[str] | None = None
        self.stars: tuple[str, ...] = ()  # libraries whose names came in by `from … import *`
        self.owner: Datum | None = None  # the class in whose body or method this is

    def lookup(self, name: str) -> Datum | None:
        scope: Scope | None = self
        if self.declared_global is not None and name in self.declared_global:
            scope = self.module
        while scope is not None:
            if name in scope.slots and (scope.kind != "class" or scope is self):
                return scope.slots[name]  # type: ignore[no-any-return]
            scope = scope.parent
        return None

    def target(self, name: str) -> Scope:
        """Return the scope that an assignment to the name writes to."""
        if self.declared_global is not None and name in self.declared_global:
            return self.module
        scope: Scope = self
        if self.declared_nonlocal is not None and name in self.declared_nonlocal:
            outer = self.parent
            while outer is not None and outer.kind != "module":
                if name in outer.slots and outer.kind == "function":
                    return outer
                outer = outer.parent
            return scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def store(self, name: str, value: Datum, trail: Trail) -> None:
        target = self.target(name)
        trail.store(target.slots, name, value, target.captured)

    def bind(self, name: str, value: Datum, trail: Trail) -> None:
        """Write a name here, whatever kind of scope this is: parameters, loop variables of comprehensions."""
        trail.store(self.slots, name, value, self.captured)

    def qualified(self, name: str) -> str:
        scope: Scope | None = self
        while scope is not None and scope.kind == "comprehension":
            scope = scope.parent
        return f"{scope.name}.{name}" if scope is not None and scope.name else name
