"""Functions, methods, classes, modules and libraries, as values of a script that is interpreted."""

from __future__ import annotations

from epochlint.scripts.sites import Site, text_of
from epochlint.scripts.things import Datum, Object

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _ast as ast
    from typing import Any, TypeAlias

    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Source

    Slots: TypeAlias = "dict[Any, Any]"


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
