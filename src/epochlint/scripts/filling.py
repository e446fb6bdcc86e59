"""Parameters and fields that a library fills in from the command line or a file: dataclasses, functions, classes."""

from __future__ import annotations

from epochlint.scripts.callables import Class, Function, Library
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.things import Datum, Object, Opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

DEEPEST_FIELDS = 6


def parse_dataclasses(
    machine: Machine, api: Api, receiver: Datum | None, arguments: Arguments, site: Site
) -> Datum | None:
    """Return what a parser of dataclasses gives; None where the parser itself is made.

    A function (`cli(Args)`) gives one object, or calls the function it is given; a method of a parser gives a tuple.
    """
    if isinstance(receiver, Object):
        return _filled(machine, receiver, None, site)
    target = arguments.positional[0] if arguments.positional else next(iter(arguments.named.values()), None)
    if api.returns or (api.name.rpartition(".")[2][:1].isupper() and not isinstance(target, Function | Class)):
        return None
    default = arguments.named.get("default")
    if default is not None and not isinstance(default, Library):
        return _with_given(machine, default)
    if isinstance(target, Function):
        from epochlint.scripts.functions import call_function

        return call_function(machine, target, given_parameters(machine, target), site, overridable=True)
    machine.takes_options = machine.takes_options or isinstance(target, Class)
    given = given_fields(machine, target) if isinstance(target, Class) else {}
    return _instance(machine, target, given, {}, site) if target is not None else None


def _with_given(machine: Machine, default: Datum) -> Datum:
    """Return an object that serves as the default of all its fields, with what the command gives of them."""
    if not isinstance(default, Object) or default.cls is None:
        return default
    machine.takes_options = True
    for name, value in given_fields(machine, default.cls).items():
        machine.trail.store(default.slots, name, value)
    return default


def given_parameters(machine: Machine, function: Function) -> Arguments:
    """Return the parameters of a function that the launch command gives: `--epochs 3`, or a word of its own in the
    place of a parameter without a default."""
    from epochlint.scripts.arguments import Arguments as Given

    given = Given()
    machine.takes_options = True
    if machine.command is None:
        return given
    words = list(machine.command.leading)
    node = function.node.args
    for one in (*node.posonlyargs, *node.args, *node.kwonlyargs):
        value = machine.command.named(one.arg)
        if value is None and one.arg not in function.defaults and words:
            value = machine.command.read(words.pop(0))
        if value is not None:
            given.name(one.arg, value, value.site)
    return given


def fill_dataclasses(machine: Machine, receiver: Datum | None, loaded: Datum, site: Site) -> Datum | None:
    """Return the dataclasses of a parser filled from a table; None if this is no such parser."""
    if not isinstance(receiver, Object) or not isinstance(loaded, Mapping):
        return None
    return _filled(machine, receiver, loaded, site)


def _filled(machine: Machine, receiver: Object, table: Mapping | None, site: Site) -> Datum | None:
    if not receiver.given:
        return None
    first = receiver.given[0].datum
    targets = first.items if isinstance(first, Sequence) else (first,)
    if not all(isinstance(target, Class | Library) for target in targets):
        return None
    from epochlint.scripts.classes import fields_of

    entries = table.entries if table is not None else {}
    sites = table.key_sites if table is not None else {}
    taken = {name for target in targets if isinstance(target, Class) for name in fields_of(target) or ()}
    made = []
    machine.takes_options = machine.takes_options or any(isinstance(target, Class) for target in targets)
    for target in targets:
        if isinstance(target, Class):
            given = given_fields(machine, target) if table is None else {}
            own = given or {
                name: value
                for name, value in entries.items()
                if name in (fields_of(target) or ()) or target.library_bases()
            }
        else:
            own = {name: value for name, value in entries.items() if name not in taken}
        made.append(_instance(machine, target, own, sites, site))
    return Sequence("tuple", tuple(made), site)


def given_fields(machine: Machine, target: Class, prefix: str = "", depth: int = 0) -> dict[Any, Datum]:
    """Return the fields of a dataclass that the launch command gives; those of a field that is a dataclass itself are
    written with its name before a dot."""
    from epochlint.scripts.classes import Factory, fields_of

    found: dict[Any, Datum] = {}
    if machine.command is None:
        return found
    for name, default in (fields_of(target) or {}).items():
        value = machine.command.named(f"{prefix}{name}")
        if value is not None:
            found[name] = value
            continue
        inner = (
            default.function if isinstance(default, Factory) else default.cls if isinstance(default, Object) else None
        )
        if isinstance(inner, Class) and depth < DEEPEST_FIELDS:
            given = given_fields(machine, inner, f"{prefix}{name}.", depth + 1)
            if given:
                found[name] = _instance(machine, inner, given, {}, default.site if default is not None else None)
    return found


def _instance(machine: Machine, target: Datum, entries: dict[Any, Datum], sites: dict[Any, Site], site: Site) -> Datum:
    from epochlint.scripts.arguments import Arguments as Given
    from epochlint.scripts.classes import instantiate
    from epochlint.scripts.types import expand

    given = Given()
    for name, value in entries.items():
        if isinstance(name, str):
            given.name(name, value, sites.get(name) or value.site)
    if isinstance(target, Class):
        machine.silent += 1
        made = instantiate(machine, target, given, site, overridable=True)
        machine.silent -= 1
        return made
    if isinstance(target, Library):
        thing = machine.new_object(expand(machine, machine.apis.canonical(target.dotted)), site)
        thing.given = given.bound(())
        return thing
    return Opaque(site)
