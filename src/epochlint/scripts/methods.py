"""Methods of Python's own types: texts, lists, dicts, files, and what `super()` reaches in libraries."""

from __future__ import annotations

from epochlint.scripts import files, parsers
from epochlint.scripts.callables import Super
from epochlint.scripts.containers import MORE, Content, Iteration, Mapping, Range, Sequence
from epochlint.scripts.library import bind, record
from epochlint.scripts.operators import kind_of, known
from epochlint.scripts.properties import Binding
from epochlint.scripts.things import Datum, Object, Opaque, Scalar, constant, unknown_scalar
from epochlint.scripts.types import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

LONGEST_LIST = 2_000
# Methods of texts that are computed when the text and all arguments are known.
TEXT_METHODS = frozenset(
    (
        "capitalize", "casefold", "count", "endswith", "find", "isalpha", "isdigit", "isnumeric", "join", "lower",
        "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split",
        "splitlines", "startswith", "strip", "title", "upper",
    )
)  # fmt: skip
TRUTHS = frozenset(("endswith", "startswith", "isdigit", "isalpha", "isnumeric"))


def call(machine: Machine, receiver: Datum, name: str, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a method of one of Python's own things gives; None if it is no such method."""
    if isinstance(receiver, Scalar):
        return _of_text(receiver, name, arguments, site) if kind_of(receiver) == "str" else None
    if isinstance(receiver, Sequence):
        return _of_sequence(machine, receiver, name, arguments, site)
    if isinstance(receiver, Mapping):
        return _of_mapping(machine, receiver, name, arguments, site)
    if isinstance(receiver, files.File):
        return files.method(receiver, name, arguments, site)
    if isinstance(receiver, Object) and receiver.native is not None:
        return parsers.method(machine, receiver, name, arguments, site)
    if isinstance(receiver, Iteration | Range):
        return Opaque(site)
    return None


def _of_text(receiver: Scalar, name: str, arguments: Arguments, site: Site) -> Datum:
    if name == "format":
        return unknown_scalar(site, "str")
    plain: list[object] = []
    for datum in arguments.positional:
        if (
            isinstance(datum, Sequence)
            and datum.complete
            and all(isinstance(one, Scalar) and one.known for one in datum.items)
        ):
            plain.append(tuple(one.plain for one in datum.items if isinstance(one, Scalar)))
        elif isinstance(datum, Scalar) and datum.known:
            plain.append(datum.plain)
        else:
            plain.append(NotImplemented)
    usable = receiver.known and name in TEXT_METHODS and NotImplemented not in plain and not arguments.named
    if usable and len(str(receiver.plain)) < 10_000:
        try:
            result = getattr(str(receiver.plain), name)(*plain)
        except (TypeError, ValueError, IndexError, OverflowError, MemoryError):
            return Opaque(site)
        if isinstance(result, list | tuple):
            kind = "list" if isinstance(result, list) else "tuple"
            return Sequence(
                kind, tuple(constant(part, site) for part in result[:LONGEST_LIST]), site, len(result) <= LONGEST_LIST
            )
        made = Scalar(known(result), site)
        made.overridable = receiver.overridable
        return made
    if name in TRUTHS:
        return unknown_scalar(site, "bool")
    return Opaque(site) if name.endswith(("split", "splitlines", "partition")) else unknown_scalar(site, "str")


# --- lists and sets --------------------------------------------------------------------------------------------------


def _store(machine: Machine, receiver: Sequence, items: tuple[Datum, ...], complete: bool) -> None:
    if len(items) > LONGEST_LIST:
        items, complete = items[:LONGEST_LIST], False
    machine.trail.store(receiver.slots, "content", Content(items, complete))


def extend(machine: Machine, receiver: Sequence, other: Datum) -> None:
    """Run `receiver += other` or `receiver.extend(other)`."""
    from epochlint.scripts.iterating import pass_over

    if receiver.complete and isinstance(other, Sequence | Mapping | Range | Iteration):
        more = pass_over(machine, other, other.site).known
        if more is not None:
            _store(machine, receiver, receiver.items + more, receiver.complete)
            return
    _store(machine, receiver, receiver.items, False)


def _of_sequence(machine: Machine, receiver: Sequence, name: str, arguments: Arguments, site: Site) -> Datum:
    things, items = arguments.positional, receiver.items
    nothing = constant(None, site)
    if name in ("append", "add") and len(things) == 1:
        if name == "append":
            _store(machine, receiver, (*items, things[0]) if receiver.complete else items, receiver.complete)
        else:
            _store(machine, receiver, (), False)
        return nothing
    if name in ("extend", "update") and len(things) == 1:
        extend(machine, receiver, things[0])
        return nothing
    if name == "insert" and len(things) == 2:
        index = things[0]
        if isinstance(index, Scalar) and isinstance(index.plain, int) and receiver.complete:
            changed = list(items)
            changed.insert(index.plain, things[1])
            _store(machine, receiver, tuple(changed), True)
        else:
            _store(machine, receiver, (), False)
        return nothing
    if name == "pop":
        return _popped(machine, receiver, things, site)
    if name == "copy":
        return Sequence(receiver.kind, items, receiver.site, receiver.complete)
    if name == "clear":
        _store(machine, receiver, (), True)
        return nothing
    if name == "reverse":
        _store(machine, receiver, items[::-1] if receiver.complete else (), receiver.complete)
        return nothing
    if name in ("remove", "discard", "sort"):
        _store(machine, receiver, (), False)
        return nothing
    return unknown_scalar(site, "int") if name in ("index", "count") else Opaque(site)


def _popped(machine: Machine, receiver: Sequence, things: list[Datum], site: Site) -> Datum:
    index = things[0] if things else constant(-1, site)
    items = receiver.items
    if (
        isinstance(index, Scalar)
        and isinstance(index.plain, int)
        and receiver.complete
        and -len(items) <= index.plain < len(items)
    ):
        rest = list(items)
        value = rest.pop(index.plain)
        _store(machine, receiver, tuple(rest), True)
        return value
    _store(machine, receiver, (), False)
    return Opaque(site)


# --- dicts -----------------------------------------------------------------------------------------------------------


def _of_mapping(machine: Machine, receiver: Mapping, name: str, arguments: Arguments, site: Site) -> Datum:
    if name in ("items", "keys", "values"):
        return Iteration(name, (receiver,), site)
    if name in ("get", "pop", "setdefault"):
        return _entry(machine, receiver, name, arguments, site)
    if name == "update":
        _update(machine, receiver, arguments, site)
        return constant(None, site)
    if name in ("copy", "to_dict", "as_dict"):
        made = Mapping(receiver.entries, receiver.site, receiver.complete)
        made.key_sites.update(receiver.key_sites)
        return made
    if name in ("clear", "popitem"):
        for key in tuple(receiver.entries):
            machine.trail.remove(receiver.slots, key)
        if name == "popitem":
            machine.trail.store(receiver.slots, MORE, True)
    return Opaque(site)


def _entry(machine: Machine, receiver: Mapping, name: str, arguments: Arguments, site: Site) -> Datum:
    key, default = arguments.get(0, "key"), arguments.get(1, "default")
    if not isinstance(key, Scalar) or not key.known:
        return Opaque(site)
    found = receiver.entries.get(key.plain)
    if name == "pop" and found is not None:
        machine.trail.remove(receiver.slots, key.plain)
    if found is not None:
        return found
    if not receiver.complete:
        return Opaque(site, "the entry may be there")
    value = default if default is not None else constant(None, site)
    if name == "setdefault":
        machine.trail.store(receiver.slots, key.plain, value)
    return value


def _update(machine: Machine, receiver: Mapping, arguments: Arguments, site: Site) -> None:
    for other in arguments.positional:
        if isinstance(other, Mapping):
            for key, value in other.entries.items():
                machine.trail.store(receiver.slots, key, value)
                receiver.key_sites[key] = other.key_sites.get(key)
            if other.complete:
                continue
        for key in tuple(receiver.entries):
            if not isinstance(other, Mapping) or key not in other.entries:
                machine.trail.store(receiver.slots, key, Opaque(site, "an unknown mapping may set it"))
        machine.trail.store(receiver.slots, MORE, True)
    for name, value in arguments.named.items():
        machine.trail.store(receiver.slots, name, value)
        receiver.key_sites[name] = arguments.named_sites[name]
    if arguments.open_named is not None:
        machine.trail.store(receiver.slots, MORE, True)


# --- super -----------------------------------------------------------------------------------------------------------


def call_super(machine: Machine, receiver: Super, name: str, arguments: Arguments, site: Site) -> Datum:
    """Call a method that a class of the repository inherits from a library."""
    bases = [machine.apis.canonical(base) for base in receiver.after.library_bases()]
    types = tuple(dict.fromkeys(one for base in bases for one in expand(machine, base)))
    if not types:
        return constant(None, site)
    target = receiver.receiver
    api = machine.apis.api(types[0]) if name == "__init__" else None
    passed = arguments.bound(api.positional if api is not None else ())
    record(machine, f"{types[0]}.{name}", tuple(f"{one}.{name}" for one in types), passed, site, target)
    if api is not None and isinstance(target, Object):
        target.bindings = (Binding(api, bind(api, arguments), None, site),)
    return constant(None, site) if name == "__init__" else Opaque(site)
