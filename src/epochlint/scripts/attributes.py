"""Attributes and items of things: reading and writing `x.a`, `x[key]`."""

from __future__ import annotations

from epochlint.scripts import arrays, modules
from epochlint.scripts.branching import each
from epochlint.scripts.callables import Bound, Class, Function, Library, Method, Module, Super
from epochlint.scripts.containers import MORE, Content, Mapping, Range, Sequence, Slice
from epochlint.scripts.counting import note_change
from epochlint.scripts.joining import join
from epochlint.scripts.library import attribute_of_library, item_of_library
from epochlint.scripts.roles import set_environment
from epochlint.scripts.sites import text_of
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant, known_as

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

DICT_METHODS = frozenset(
    ("get", "items", "keys", "values", "update", "pop", "setdefault", "copy", "clear", "popitem", "to_dict", "as_dict")
)


def attribute(machine: Machine, owner: Datum, name: str, site: Site) -> Datum:
    """Return `owner.name`; where nothing is known of it, the same unknown thing each time."""
    found = find_attribute(machine, owner, name, site)
    if found is not None:
        return found
    parts: dict[Any, Datum] | None = getattr(owner, "parts", None)
    if not isinstance(parts, dict) or (isinstance(owner, Opaque) and owner.own):
        return _unknown_part(owner, name, site)
    key = (".", name)
    part = parts.get(key)
    if part is None:
        part = parts[key] = _unknown_part(owner, name, site)
    return part


def _unknown_part(owner: Datum, name: str, site: Site) -> Opaque:
    part = Opaque(site, origin=getattr(owner, "origin", "computed") if isinstance(owner, Opaque) else "computed")
    part.owner = (owner, name)
    return part


def find_attribute(machine: Machine, owner: Datum, name: str, site: Site) -> Datum | None:
    """Return `owner.name` if something is known of it."""
    if isinstance(owner, Object):
        return _of_object(machine, owner, name, site)
    if isinstance(owner, Library):
        return attribute_of_library(machine, owner, name, site)
    if isinstance(owner, Module):
        return owner.scope.slots.get(name) or modules.submodule(machine, owner, name)
    if isinstance(owner, Class):
        return _of_class(owner, name, site)
    if isinstance(owner, Mapping):
        if name in owner.entries and name not in DICT_METHODS:
            return _entry_by_name(owner.entries[name], site)
        return None
    if isinstance(owner, Choice):
        return join([(when, attribute(machine, one, name, site)) for when, one in owner.alternatives], site)
    if isinstance(owner, Super):
        return _of_super(owner, name, site)
    if isinstance(owner, Opaque):
        return owner.parts.get((".", name))
    if isinstance(owner, Range) and name in ("start", "stop", "step"):
        return getattr(owner, name)  # type: ignore[no-any-return]
    if isinstance(owner, Function) and name == "__name__":
        return constant(owner.name.rpartition(".")[2], site)
    return None


def _of_object(machine: Machine, owner: Object, name: str, site: Site) -> Datum | None:
    found = owner.slots.get(name)
    if found is not None:
        return found  # type: ignore[no-any-return]
    if name == "__dict__":
        return _attributes_as_mapping(owner, site)
    if owner.cls is not None:
        found = owner.cls.find(name)
        if isinstance(found, Function):
            return bind(machine, found, owner, site)
        if found is not None:
            return found
        if name == "__class__":
            return owner.cls
    shape = owner.properties.get("shape") or (arrays.shape_of(machine, owner) if name in arrays.ATTRIBUTES else None)
    if isinstance(shape, Sequence):
        part = arrays.attribute(machine, owner, shape, name, site)
        if part is not None:
            return part
    return ((".", name) in owner.parts and owner.parts[(".", name)]) or attribute_of_library(machine, owner, name, site)


def _attributes_as_mapping(owner: Object, site: Site) -> Mapping:
    """Return the attributes of an object as the dict they are: written through, both ways."""
    made = Mapping({}, site)
    made.slots = owner.slots
    return made


def bind(machine: Machine, function: Function, receiver: Object, site: Site) -> Datum:
    """Return a function found in a class as an attribute of one of its objects."""
    if function.kind == "property":
        return machine.call(Bound(function, receiver, site), site)
    if function.kind == "staticmethod":
        return function
    if function.kind == "classmethod" and receiver.cls is not None:
        return Bound(function, receiver.cls, site)
    return Bound(function, receiver, site)


def _of_class(owner: Class, name: str, site: Site) -> Datum | None:
    found = owner.find(name)
    if isinstance(found, Function) and found.kind == "classmethod":
        return Bound(found, owner, site)
    if found is not None:
        return found
    if name in ("__name__", "__qualname__"):
        return constant(owner.name, site)
    if owner.fields is not None:
        return owner.fields.get(name)
    return None


def _of_super(owner: Super, name: str, site: Site) -> Datum | None:
    cls = owner.receiver.cls if isinstance(owner.receiver, Object) else owner.receiver
    order = cls.mro() if isinstance(cls, Class) else owner.after.mro()
    if owner.after in order:
        order = order[order.index(owner.after) + 1 :]
    for one in order:
        found = one.slots.get(name)
        if isinstance(found, Function):
            if found.kind == "classmethod" and isinstance(cls, Class):
                return Bound(found, cls, site)
            return Bound(found, owner.receiver, site)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return None


def callable_attribute(machine: Machine, owner: Datum, name: str, site: Site) -> Datum:
    """Return what `owner.name(...)` calls: a method, where it is not known as anything else."""
    if isinstance(owner, Library | Module | Class | Choice):
        if isinstance(owner, Choice):
            return Method(owner, name, site)
        return attribute(machine, owner, name, site)
    if isinstance(owner, Mapping) and name in DICT_METHODS:
        return Method(owner, name, site)
    if isinstance(owner, Object) and owner.native is None and name in owner.slots:
        return owner.slots[name]  # type: ignore[no-any-return]
    if isinstance(owner, Object) and owner.cls is not None:
        found = owner.cls.find(name)
        if isinstance(found, Function) and found.kind != "property":
            return bind(machine, found, owner, site)
        if found is not None:
            return attribute(machine, owner, name, site)
    if isinstance(owner, Super):
        return _of_super(owner, name, site) or Method(owner, name, site)
    return Method(owner, name, site)


# --- items -----------------------------------------------------------------------------------------------------------


def item(machine: Machine, owner: Datum, key: Datum, site: Site) -> Datum:
    """Return `owner[key]`."""
    found = _find_item(machine, owner, key, site)
    if found is not None:
        return found
    parts: dict[Any, Datum] | None = getattr(owner, "parts", None)
    if not isinstance(parts, dict) or not isinstance(key, Scalar) or not key.known:
        return Opaque(site)
    name = ("[", type(key.plain), key.plain)
    part = parts.get(name)
    if part is None:
        origin = owner.origin if isinstance(owner, Opaque) else "computed"
        part = parts[name] = Opaque(site, origin=origin)
    return part


def _entry_by_name(entry: Datum, site: Site) -> Datum:
    """Return an entry of a mapping; a number is known by the text it is asked for with: `config["batch_size"]`."""
    return known_as(entry, text_of(site), entry.site)


def _find_item(machine: Machine, owner: Datum, key: Datum, site: Site) -> Datum | None:
    if isinstance(owner, Choice):
        return join([(when, item(machine, one, key, site)) for when, one in owner.alternatives], site)
    if isinstance(owner, Mapping):
        found = _entry(owner, key, site)
        return _entry_by_name(found, site) if found is not None else None
    if isinstance(owner, Sequence):
        return _element(machine, owner, key, site)
    if isinstance(owner, Scalar):
        return _character(owner, key, site)
    if isinstance(owner, Object):
        if owner.cls is not None:
            own = owner.cls.find("__getitem__")
            if isinstance(own, Function):
                machine.silent += 1
                result = machine.call(Bound(own, owner, site), site, [key])
                machine.silent -= 1
                return result
        if isinstance(key, Scalar) and isinstance(key.plain, str) and key.plain in owner.slots:
            return owner.slots[key.plain]  # type: ignore[no-any-return]
        array = arrays.item(machine, owner, key, site)
        return array or item_of_library(machine, owner, key, site)
    if isinstance(owner, Library):
        return item_of_library(machine, owner, key, site)
    if isinstance(owner, Opaque):
        if isinstance(key, Scalar) and key.known:
            return owner.parts.get(("[", type(key.plain), key.plain))
        if isinstance(key, Slice):
            return arrays.sliced_unknown(machine, owner, key, site)
    return None


def _entry(owner: Mapping, key: Datum, site: Site) -> Datum | None:
    if isinstance(key, Scalar) and key.known:
        return owner.entries.get(key.plain)
    entries = tuple(owner.entries.values())
    if owner.complete and entries and isinstance(key, Scalar):
        return join([(f"{key.text} is {name}", value) for name, value in owner.entries.items()], site)
    return None


def _element(machine: Machine, owner: Sequence, key: Datum, site: Site) -> Datum | None:
    items = owner.items
    if isinstance(key, Scalar) and isinstance(key.plain, int):
        inside = -len(items) <= key.plain < len(items)
        if inside and (owner.complete or key.plain >= 0):
            return items[key.plain]
        return None
    if isinstance(key, Slice) and owner.complete:
        bounds = [_bound(part) for part in (key.start, key.stop, key.step)]
        if all(bound is not False for bound in bounds) and bounds[2] != 0:
            return Sequence(owner.kind, items[slice(*bounds)], site)
    if isinstance(key, Slice):
        return arrays.sliced_unknown(machine, owner, key, site)
    _may_grow(machine, items)
    return None


def _may_grow(machine: Machine, items: tuple[Datum, ...]) -> None:
    """One of the items is handed out, and it is not known which: what is done to it may be done to each of them."""
    for one in items:
        if isinstance(one, Sequence) and one.kind in ("list", "set"):
            machine.trail.store(one.slots, "content", Content(one.items, complete=False))


def _bound(part: Datum | None) -> Any:
    """Return a bound of a slice, False if it is not known."""
    if part is None:
        return None
    if isinstance(part, Scalar) and part.known and (part.plain is None or type(part.plain) is int):
        return part.plain
    return False


def _character(owner: Scalar, key: Datum, site: Site) -> Datum | None:
    if not isinstance(owner.plain, str):
        return None
    try:
        if isinstance(key, Scalar) and isinstance(key.plain, int):
            return constant(owner.plain[key.plain], site)
        if isinstance(key, Slice):
            bounds = [_bound(part) for part in (key.start, key.stop, key.step)]
            if all(bound is not False for bound in bounds):
                return constant(owner.plain[slice(*bounds)], site)
    except (IndexError, ValueError):
        return None
    return None


# --- writing ---------------------------------------------------------------------------------------------------------


def assign_attribute(machine: Machine, owner: Datum, name: str, value: Datum, site: Site) -> None:
    if isinstance(owner, Object | Class):
        note_change(machine, owner.slots, name, value)
        machine.trail.store(owner.slots, name, value)
        if isinstance(owner, Object):
            owner.written_at[name] = site
    elif isinstance(owner, Mapping):
        machine.trail.store(owner.slots, name, value)
        owner.key_sites.setdefault(name, site)
    elif isinstance(owner, Module):
        machine.trail.store(owner.scope.slots, name, value)
    elif isinstance(owner, Opaque) and not owner.own:
        machine.trail.store(owner.parts, (".", name), value)
    elif isinstance(owner, Choice):
        each(machine, owner, site, lambda one: assign_attribute(machine, one, name, value, site))


def assign_item(machine: Machine, owner: Datum, key: Datum, value: Datum, site: Site) -> None:
    if isinstance(owner, Mapping):
        if isinstance(key, Scalar) and key.known:
            note_change(machine, owner.slots, key.plain, value)
            machine.trail.store(owner.slots, key.plain, value)
            owner.key_sites[key.plain] = site
        else:
            _forget_entries(machine, owner, site)
    elif isinstance(owner, Sequence):
        _assign_element(machine, owner, key, value, site)
    elif isinstance(owner, Opaque) and not owner.own:
        if isinstance(key, Scalar) and key.known:
            machine.trail.store(owner.parts, ("[", type(key.plain), key.plain), value)
    elif isinstance(owner, Object) and isinstance(key, Scalar) and isinstance(key.plain, str):
        machine.trail.store(owner.slots, key.plain, value)
        owner.written_at[key.plain] = site
    elif isinstance(owner, Library) and owner.dotted == "os.environ":
        set_environment(machine, key, value)
    elif isinstance(owner, Choice):
        each(machine, owner, site, lambda one: assign_item(machine, one, key, value, site))


def _assign_element(machine: Machine, owner: Sequence, key: Datum, value: Datum, site: Site) -> None:
    items = list(owner.items)
    if (
        isinstance(key, Scalar)
        and isinstance(key.plain, int)
        and -len(items) <= key.plain < len(items)
        and owner.complete
    ):
        items[key.plain] = value
    else:
        items = [Opaque(site, "an element is set whose place is not known") for _ in items]
    complete = owner.complete and not isinstance(key, Slice)
    machine.trail.store(owner.slots, "content", Content(tuple(items), complete))


def _forget_entries(machine: Machine, owner: Mapping, site: Site) -> None:
    """An entry is set whose key is not known: any entry may be it."""
    for key in tuple(owner.entries):
        machine.trail.store(owner.slots, key, Opaque(site, "an entry is set whose key is not known"))
    machine.trail.store(owner.slots, MORE, True)


def delete_item(machine: Machine, owner: Datum, key: Datum) -> None:
    if isinstance(owner, Mapping) and isinstance(key, Scalar) and key.known:
        machine.trail.remove(owner.slots, key.plain)
    elif isinstance(owner, Mapping):
        _forget_entries(machine, owner, key.site)
    elif isinstance(owner, Sequence):
        machine.trail.store(owner.slots, "content", Content((), False))
