"""Numbers that a script declares and a command line may change: defaults, flags, namespaces, filled dataclasses."""

from __future__ import annotations

from epochlint.scripts.containers import DECLARED, Mapping, Sequence
from epochlint.scripts.things import Datum, Object, Opaque, Passed, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def namespace_object(machine: Machine, site: Site) -> Object:
    made = machine.new_object(("argparse.Namespace",), site)
    made.native = "namespace"
    return made


def declared_default(default: Datum, name: str, kind: str = "") -> Datum:
    """Return a default as the value in force, which the command line may change."""
    if isinstance(default, Sequence):
        default.properties[DECLARED] = constant(True, default.site)
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
