"""What the expressions of a script evaluate to while it is interpreted.

These are the interpreter's own, mutable values; `snapshot` turns them into the frozen facts that leave the room.
Whatever can change keeps its parts in `slots`, a dict that is written through the trail (see `trail`) only, so that
the two sides of a branch can be tried one after the other and joined. Containers and callables stand beside.
"""

from __future__ import annotations

import itertools

from epochlint.expressions.values import UNKNOWN, Known, OneOf, Symbolic, Unknown, Value
from epochlint.places import Place
from epochlint.scripts.making import new_known
from epochlint.scripts.sites import Site, place_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from epochlint.expressions.units import Unit
    from epochlint.expressions.values import Scalar as Plain
    from epochlint.scripts.callables import Class
    from epochlint.scripts.properties import Binding
    from epochlint.scripts.recording import Call

    Slots: TypeAlias = "dict[Any, Any]"


_births = itertools.count(1)


class OwnSlots(dict):  # type: ignore[type-arg]
    """The slots of one thing; `born` tells which of two things was made first."""

    __slots__ = ("born",)

    def __init__(self, entries: Any = ()) -> None:
        super().__init__(entries)
        self.born = next(_births)


class Datum:
    """Anything that an expression can evaluate to."""

    __slots__ = ()
    site: Site = None

    @property
    def text(self) -> str:
        return text_of(self.site)

    @property
    def place(self) -> Place | None:
        return place_of(self.site)


class Scalar(Datum):
    """A number, text, boolean or None, immutable.

    `made` is how it was computed: an operator and its operands, from which forms and conditions are read. `label` and
    `key` name the symbol that stands for it in forms (`BATCH`, `len(train_loader)`); equal keys are equal symbols.
    `kind` is the name of Python's type where only that is certain.
    """

    __slots__ = ("form", "key", "kind", "label", "made", "origin", "overridable", "site", "unit", "value")

    def __init__(
        self,
        value: Value,
        site: Site,
        origin: str = "computed",
        made: tuple[Any, ...] | None = None,
        kind: str = "",
        overridable: bool = False,
    ) -> None:
        self.value = value
        self.site = site
        self.origin = origin
        self.made = made
        self.kind = kind
        self.overridable = overridable
        self.label = ""
        self.key: Any = None
        self.unit: Unit | None = None
        self.form: Value | None = None

    @property
    def known(self) -> bool:
        return type(self.value) is Known

    @property
    def plain(self) -> Plain:
        """Return the value if it is known, else None; ask `known` first."""
        return self.value.value if isinstance(self.value, Known) else None

    def copy(self) -> Scalar:
        twin = Scalar(self.value, self.site, self.origin, self.made, self.kind, self.overridable)
        twin.label, twin.key, twin.unit, twin.form = self.label, self.key, self.unit, self.form
        return twin

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"


class Opaque(Datum):
    """Something nothing is known about. Its parts (attributes, items, properties) are the same whenever they are
    asked for."""

    __slots__ = (
        "field",
        "kind",
        "maybe",
        "name",
        "number",
        "origin",
        "own",
        "owner",
        "parts",
        "properties",
        "reason",
        "site",
        "unit",
    )

    def __init__(self, site: Site, reason: str = "", name: str = "", kind: str = "", origin: str = "computed") -> None:
        self.site = site
        self.reason = reason
        self.name = name  # what its symbol is called, where that is not the source text
        self.kind = kind
        self.origin = origin
        self.unit: Unit | None = None
        self.number: Scalar | None = None  # what it is as a number, once somebody counts with it
        self.owner: tuple[Datum, str] | None = None  # the thing it is an attribute of
        self.maybe: tuple[str, Datum] | None = None  # an entry that is there under a condition only
        self.own = False  # it may be any object of the repository's: nothing about it lasts
        self.field: tuple[Datum | None, Datum | None] | None = None  # default and factory of `dataclasses.field(...)`
        self.parts: dict[Any, Datum] = {}
        self.properties: dict[str, Datum] = {}

    @property
    def text(self) -> str:
        return self.name or text_of(self.site)

    def __repr__(self) -> str:
        return f"Opaque({self.text})"


class Passed:
    """One argument of a call: the parameter it goes to, or its number where that is not known, and its expression."""

    __slots__ = ("datum", "name", "site")

    def __init__(self, name: str, datum: Datum, site: Site) -> None:
        self.name = name
        self.datum = datum
        self.site = site


class Object(Datum):
    """An object made by a call of a class or of a library.

    `slots` are its attributes. `properties` are what the APIs' data tell of it, found when first asked for. `native`
    holds
    what the interpreter itself keeps of objects it knows from Python's own library (a parser's options, a file's name).
    """

    __slots__ = (
        "bindings",
        "cls",
        "element",
        "given",
        "id",
        "made_by",
        "name",
        "native",
        "number",
        "parts",
        "properties",
        "returned",
        "role",
        "site",
        "slots",
        "types",
        "written_at",
    )

    def __init__(self, identity: int, types: tuple[str, ...], site: Site, cls: Class | None = None) -> None:
        self.id = identity
        self.types = types
        self.site = site
        self.cls = cls
        self.slots: Slots = OwnSlots()
        self.given: tuple[Passed, ...] = ()  # its arguments while the script is interpreted
        self.made_by: Call | None = None
        self.name = ""  # the variable it was first stored under
        self.properties: dict[str, Datum] = {}
        self.returned: dict[str, Datum] = {}  # by methods without arguments that the script itself called
        self.parts: dict[Any, Datum] = {}
        self.native: Any = None
        self.number: Scalar | None = None
        self.role: str | None = None
        self.element: Datum | None = None
        self.bindings: tuple[Binding, ...] = ()  # the calls of library APIs that made it
        self.written_at: dict[str, Site] = {}

    @property
    def text(self) -> str:
        return self.name or text_of(self.site)

    def argument(self, name: str) -> Datum | None:
        for passed in self.given:
            if passed.name == name:
                return passed.datum
        return None

    def __repr__(self) -> str:
        return f"<{self.types[0] if self.types else 'object'} {self.id}>"


class Choice(Datum):
    """One of a few things, each with the condition under which it is the one."""

    __slots__ = ("alternatives", "name", "site")

    def __init__(self, alternatives: tuple[tuple[str, Datum], ...], site: Site) -> None:
        self.alternatives = alternatives
        self.site = site
        self.name = ""  # the variable it was first stored under

    @property
    def text(self) -> str:
        return self.name or text_of(self.site)


def literal(value: Plain, site: Site) -> Scalar:
    return Scalar(new_known(value), site, "literal")


def constant(value: Plain, site: Site, origin: str = "computed") -> Scalar:
    return Scalar(new_known(value), site, origin)


def unknown_scalar(site: Site, kind: str = "", made: tuple[Any, ...] | None = None, reason: str = "") -> Scalar:
    return Scalar(Unknown(reason) if reason else UNKNOWN, site, "computed", made, kind)


def known_as(value: Datum, name: str, site: Site) -> Datum:
    """Give a number that somebody wrote a name, under which it is one and the same wherever that name is used."""
    if not isinstance(value, Scalar) or value.label or value.made is not None or type(value.plain) not in (int, float):
        return value
    value = value.copy()
    value.label = name
    if isinstance(site, tuple):
        source, node = site
        value.key = ("name", source.path, getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    return value


def is_number(value: Value) -> bool:
    """Tell whether a value may be counted with: a known number, one of a few, or an expression over symbols."""
    if isinstance(value, Known):
        return isinstance(value.value, int | float)
    if isinstance(value, OneOf):
        return all(isinstance(one.value, int | float) for one in value.alternatives)
    return isinstance(value, Symbolic)
