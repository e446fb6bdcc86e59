"""Functions that ask objects: `getattr`, `hasattr`, `isinstance`, `type` and others."""

from __future__ import annotations

from epochlint.scripts.arguments import Arguments
from epochlint.scripts.attributes import assign_attribute, attribute, find_attribute
from epochlint.scripts.callables import Bound, Class, Function, Library
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.number_functions import only
from epochlint.scripts.operators import kind_of
from epochlint.scripts.things import Datum, Object, Opaque, Scalar, constant, unknown_scalar
from epochlint.scripts.truths import is_something

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

    Native = Callable[[Machine, Arguments, Site], Datum | None]


def _getattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) < 2:
        return Opaque(site)
    owner, name = things[0], things[1]
    if not isinstance(name, Scalar) or not isinstance(name.plain, str):
        return Opaque(site)
    if len(things) == 2:
        return attribute(machine, owner, name.plain, site)
    found = find_attribute(machine, owner, name.plain, site)
    if found is not None and not isinstance(owner, Library):
        return found
    return things[2] if _is_closed(owner) else Opaque(site)


def _is_closed(owner: Datum) -> bool:
    """Tell whether all attributes of an object are known: it is made of nothing but code of the repository."""
    if isinstance(owner, Object):
        if owner.native is not None:
            return bool(owner.native == "namespace")
        return owner.cls is not None and not owner.cls.library_bases()
    return isinstance(owner, Class) and not owner.library_bases()


def _hasattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) == 2 and isinstance(things[1], Scalar) and isinstance(things[1].plain, str):
        found = find_attribute(machine, things[0], things[1].plain, site)
        if found is not None and not isinstance(things[0], Library):
            return constant(True, site)
        if _is_closed(things[0]):
            return constant(False, site)
    return unknown_scalar(site, "bool")


def _setattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) == 3 and isinstance(things[1], Scalar) and isinstance(things[1].plain, str):
        assign_attribute(machine, things[0], things[1].plain, things[2], site)
    elif len(things) == 3 and isinstance(things[0], Object):
        for name in tuple(things[0].slots):
            machine.trail.store(things[0].slots, name, Opaque(site, "an attribute is set whose name is not known"))
    return constant(None, site)


def _vars(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = only(arguments)
    return attribute(machine, thing, "__dict__", site) if isinstance(thing, Object) else Opaque(site)


_PYTHON_TYPES = {
    "int": (int,), "float": (float,), "str": (str,), "bool": (bool,), "NoneType": (type(None),),
}  # fmt: skip


def _isinstance(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    if len(arguments.positional) != 2:
        return unknown_scalar(site, "bool")
    thing, wanted = arguments.positional
    classes = wanted.items if isinstance(wanted, Sequence) else (wanted,)
    held = [_is_a(thing, one) for one in classes]
    if True in held:
        return constant(True, site)
    return unknown_scalar(site, "bool") if None in held else constant(False, site)


def _is_a(thing: Datum, cls: Datum) -> bool | None:
    name = cls.dotted.removeprefix("builtins.") if isinstance(cls, Library) else ""
    if isinstance(thing, Scalar) and (thing.known or thing.kind):
        if isinstance(cls, Class):
            return False
        if name in _PYTHON_TYPES:
            kind = kind_of(thing)
            return kind == name or (name == "int" and kind == "bool")
        return False if name in ("dict", "list", "tuple", "set") else None
    if isinstance(thing, Mapping) and name:
        return name == "dict" if name in ("dict", "list", "tuple", "set", *_PYTHON_TYPES) else None
    if isinstance(thing, Sequence) and name:
        return name == thing.kind if name in ("dict", "list", "tuple", "set", *_PYTHON_TYPES) else None
    if isinstance(thing, Object):
        if isinstance(cls, Class):
            return cls in thing.cls.mro() if thing.cls is not None else None
        if isinstance(cls, Library):
            if cls.dotted in thing.types:
                return True
            return False if name in _PYTHON_TYPES and is_something(thing) and thing.cls is not None else None
    return None


def _type(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = only(arguments)
    if isinstance(thing, Object) and thing.cls is not None:
        return thing.cls
    if isinstance(thing, Scalar) and kind_of(thing) in _PYTHON_TYPES:
        return Library(f"builtins.{kind_of(thing)}", site)
    return Opaque(site)


def _callable(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = only(arguments)
    return constant(True, site) if isinstance(thing, Function | Class | Bound) else unknown_scalar(site, "bool")


TABLE: dict[str, Native] = {
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.vars": _vars,
    "builtins.isinstance": _isinstance,
    "builtins.type": _type,
    "builtins.callable": _callable,
}
