"""Numbers that a script declares and a command line may change: defaults, flags, namespaces, filled dataclasses."""

from __future__ import annotations

from epochlint.scripts.callables import Class, Function, Library
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.things import Datum, Object, Opaque, Passed, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def namespace_object(machine: Machine, site: Site) -> Object:
    made = machine.new_object(("argparse.Namespace",), site)
    made.native = "namespace"
    return made


def declared_default(default: Datum, name: str, kind: str = "") -> Datum:
    """Return a default as the value in force, which the command line may change."""
    if not isinstance(default, Scalar):
        return default
    value = default.copy()
    if value.origin in ("literal", "computed"):
        value.origin = "declared-default"
    value.overridable = True
    if isinstance(value.plain, str) and kind in ("int", "float"):
        try:
            from epochlint.expressions.values import Known

            value.value = Known(int(value.plain) if kind == "int" else float(value.plain))
        except ValueError:
            pass
    if type(value.plain) in (int, float) and not value.label:
        value.label = name
        value.key = ("option", value.site[0].path, *position(value.site[1])) if isinstance(value.site, tuple) else None
    return value


def position(node: Any) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def define_flag(machine: Machine, dotted: str, arguments: Arguments, site: Site) -> Datum:
    """Run `flags.DEFINE_integer("epochs", 3, "help")`: an attribute of `FLAGS`; the result has its value."""
    name, default = arguments.get(0, "name"), arguments.get(1, "default")
    made = machine.new_object((dotted,), site)
    made.native = "flag"
    if isinstance(name, Scalar) and isinstance(name.plain, str):
        value = declared_default(default, name.plain) if default is not None else Opaque(site, name=name.plain)
        machine.takes_options = True
        if machine.command is not None:
            value = machine.command.value((f"--{name.plain}", f"-{name.plain}"), "literal") or value
        machine.shared[("flag", name.plain)] = value
        made.slots["value"] = value
    return made


def flag(machine: Machine, name: str, site: Site) -> Datum:
    """Return `FLAGS.name`; the same unknown thing each time, if nobody in sight defines it."""
    return machine.shared.setdefault(("flag", name), Opaque(site, "it is a flag", f"FLAGS.{name}", origin="command"))


def namespace(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    """Return `SimpleNamespace(**entries)`."""
    made = namespace_object(machine, site)
    made.slots.update(arguments.named)
    for one in arguments.positional:
        if isinstance(one, Mapping):
            made.slots.update({key: value for key, value in one.entries.items() if isinstance(key, str)})
    if arguments.open_named is not None:
        made.native = "open namespace"
    return made


def field(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    made = Opaque(site)
    made.field = (arguments.named.get("default"), arguments.named.get("default_factory"))
    return made


def as_mapping(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    """Return `asdict(x)`: a dict of its own with the fields of an object."""
    thing = arguments.positional[0] if arguments.positional else None
    if not isinstance(thing, Object) or thing.cls is None:
        return Opaque(site)
    made = Mapping({}, site)
    for name, value in thing.slots.items():
        if isinstance(value, Object) and value.cls is not None and value.cls.fields is not None:
            inner = Mapping(dict(value.slots), value.site)
            made.slots[name] = inner
        else:
            made.slots[name] = value
        made.key_sites[name] = value.site if isinstance(value, Datum) else site
    return made


def replaced(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = arguments.positional[0] if arguments.positional else None
    if not isinstance(thing, Object) or arguments.open_named is not None:
        return Opaque(site)
    made = machine.new_object(thing.types, site, thing.cls)
    made.slots.update({**thing.slots, **arguments.named})
    made.given = tuple(one for one in thing.given if one.name not in arguments.named)
    made.given += tuple(Passed(name, datum, arguments.named_sites[name]) for name, datum in arguments.named.items())
    return made


def parse_dataclasses(
    machine: Machine, api: Api, receiver: Datum | None, arguments: Arguments, site: Site
) -> Datum | None:
    """Return what a parser of dataclasses gives; None where the parser itself is made.

    A function (`cli(Args)`) gives one object, or calls the function it is given; a method of a parser gives a tuple.
    """
    if isinstance(receiver, Object):
        return _filled(machine, receiver, None, site)
    target = arguments.positional[0] if arguments.positional else next(iter(arguments.named.values()), None)
    if api.returns or (api.name.rpartition(".")[2][:1].isupper() and not isinstance(target, Function)):
        return None
    default = arguments.named.get("default")
    if default is not None:
        return default
    if isinstance(target, Function):
        from epochlint.scripts.arguments import Arguments as Given
        from epochlint.scripts.functions import call_function

        return call_function(machine, target, Given(), site, overridable=True)
    return _instance(machine, target, {}, {}, site) if target is not None else None


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
            given = _given_fields(machine, target) if table is None else {}
            own = given or {
                name: value
                for name, value in entries.items()
                if name in (fields_of(target) or ()) or target.library_bases()
            }
        else:
            own = {name: value for name, value in entries.items() if name not in taken}
        made.append(_instance(machine, target, own, sites, site))
    return Sequence("tuple", tuple(made), site)


def _given_fields(machine: Machine, target: Class) -> dict[Any, Datum]:
    """Return the fields of a dataclass that the launch command gives."""
    from epochlint.scripts.classes import fields_of

    if machine.command is None:
        return {}
    found = {
        name: machine.command.value((f"--{name}", f"--{name.replace('_', '-')}"), "literal")
        for name in fields_of(target) or ()
        if isinstance(name, str)
    }
    return {name: value for name, value in found.items() if value is not None}


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
