"""What the expressions of a script evaluate to while it is interpreted.

These are the interpreter's own, mutable values; `snapshot` turns them into the frozen facts that leave the room.
Whatever
can change keeps its parts in `slots`, a dict that is written through the trail (see `trail`) only, so that the two
sides of a branch can be tried one after the other and joined.
"""

from __future__ import annotations

import itertools

from epochlint.expressions.values import UNKNOWN, Known, OneOf, Symbolic, Unknown, Value
from epochlint.places import Place
from epochlint.scripts.making import new_known
from epochlint.scripts.sites import Site, place_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _ast as ast
    from typing import Any, TypeAlias

    from epochlint.expressions.units import Unit
    from epochlint.expressions.values import Scalar as Plain
    from epochlint.scripts.properties import Binding
    from epochlint.scripts.recording import Call
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Source

    Slots: TypeAlias = "dict[Any, Any]"

# The key under which a mapping, or an object filled from one, notes that it has entries nobody knows.
MORE = ("more",)


_births = itertools.count(1)


class OwnSlots(dict):  # type: ignore[type-arg]
    """The slots of one thing; `born` tells which of two things was made first."""

    __slots__ = ("born",)

    def __init__(self, entries: Any = ()) -> None:
        super().__init__(entries)
        self.born = next(_births)


class Entries(OwnSlots):
    """The slots of a mapping, told from other slots because an entry may also not be there."""

    __slots__ = ()


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


class Content:
    """The elements of a list at one moment; `complete` is false where there may be more or fewer."""

    __slots__ = ("complete", "items")

    def __init__(self, items: tuple[Datum, ...], complete: bool = True) -> None:
        self.items = items
        self.complete = complete


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


class Function(Datum):
    """A function, lambda or method of the repository. `defaults` were evaluated where it was defined."""

    __slots__ = ("called", "defaults", "generator", "kind", "name", "node", "owner", "scope", "source")

    def __init__(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, scope: Scope, source: Source
    ) -> None:
        self.node = node
        self.name = name
        self.scope = scope
        self.source = source
        self.defaults: dict[str, Datum] = {}
        self.owner: Class | None = None
        self.kind = ""  # staticmethod, classmethod, property, contextmanager
        self.generator = False
        self.called = False

    @property
    def site(self) -> Site:  # type: ignore[override]
        return (self.source, self.node)

    def __repr__(self) -> str:
        return f"<function {self.name}>"


class Bound(Datum):
    """A function of the repository with its first argument."""

    __slots__ = ("function", "receiver", "site")

    def __init__(self, function: Function, receiver: Datum, site: Site) -> None:
        self.function = function
        self.receiver = receiver
        self.site = site


class Method(Datum):
    """A method of something that is no class of the repository: of a library's object, a list, a text, something
    unknown."""

    __slots__ = ("name", "receiver", "site")

    def __init__(self, receiver: Datum, name: str, site: Site) -> None:
        self.receiver = receiver
        self.name = name
        self.site = site

    def __repr__(self) -> str:
        return f"<method {self.name} of {self.receiver!r}>"


class Partial(Datum):
    """A function with some arguments already given."""

    __slots__ = ("function", "given", "named", "site")

    def __init__(self, function: Datum, given: tuple[Datum, ...], named: dict[str, Datum], site: Site) -> None:
        self.function = function
        self.given = given
        self.named = named
        self.site = site


class Class(Datum):
    """A class of the repository. `fields` are the parameters of a dataclass or NamedTuple, in order, with their
    defaults."""

    __slots__ = ("_mro", "bases", "fields", "instantiated", "kind", "name", "node", "scope", "slots", "source")

    def __init__(self, node: ast.ClassDef, name: str, bases: tuple[Datum, ...], scope: Scope, source: Source) -> None:
        self.node = node
        self.name = name
        self.bases = bases
        self.scope = scope
        self.source = source
        self.slots: Slots = {}
        self.fields: dict[str, Datum | None] | None = None
        self.kind = ""  # dataclass, namedtuple, enum
        self.instantiated: Object | None = None
        self._mro: tuple[Class, ...] | None = None

    @property
    def site(self) -> Site:  # type: ignore[override]
        return (self.source, self.node)

    def mro(self) -> tuple[Class, ...]:
        """Return the class and the repository's classes it derives from, nearest first."""
        if self._mro is not None:
            return self._mro
        found: dict[Class, None] = {self: None}
        waiting = list(self.bases)
        while waiting and len(found) < 50:
            base = waiting.pop(0)
            if isinstance(base, Class) and base not in found:
                found[base] = None
                waiting[:0] = base.bases
        self._mro = tuple(found)
        return self._mro

    def library_bases(self) -> tuple[str, ...]:
        """Return the dotted names of the library classes it derives from, nearest first."""
        return tuple(
            dict.fromkeys(base.dotted for one in self.mro() for base in one.bases if isinstance(base, Library))
        )

    def find(self, name: str) -> Datum | None:
        for one in self.mro():
            found = one.slots.get(name)
            if found is not None:
                return found  # type: ignore[no-any-return]
        return None

    def __repr__(self) -> str:
        return f"<class {self.name}>"


class Module(Datum):
    """A file of the repository that is imported. `slots` are its global names."""

    __slots__ = ("name", "scope", "site", "source")

    def __init__(self, name: str, scope: Scope, source: Source) -> None:
        self.name = name
        self.scope = scope
        self.source = source
        self.site = None


class Library(Datum):
    """A module, class, function or constant of a library, or of Python itself, by its dotted name."""

    __slots__ = ("dotted", "local", "name", "parts", "properties", "site")

    def __init__(self, dotted: str, site: Site = None, local: bool = False, name: str = "") -> None:
        self.dotted = dotted
        self.site = site
        self.name = name  # what it is called where it was imported
        self.parts: dict[Any, Datum] = {}
        self.properties: dict[str, Datum] = {}
        self.local = local  # a relative import whose file is not there

    @property
    def text(self) -> str:
        return self.name or text_of(self.site) or self.dotted

    def __repr__(self) -> str:
        return f"<library {self.dotted}>"


class Super(Datum):
    """`super()`: the methods of the classes after `after`, for `receiver`."""

    __slots__ = ("after", "receiver", "site")

    def __init__(self, after: Class, receiver: Datum, site: Site) -> None:
        self.after = after
        self.receiver = receiver
        self.site = site


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


def is_number(value: Value) -> bool:
    """Tell whether a value may be counted with: a known number, one of a few, or an expression over symbols."""
    if isinstance(value, Known):
        return isinstance(value.value, int | float)
    if isinstance(value, OneOf):
        return all(isinstance(one.value, int | float) for one in value.alternatives)
    return isinstance(value, Symbolic)
