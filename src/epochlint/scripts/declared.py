"""Options that a script declares: argparse, namespaces, dataclasses filled from the command line or a file."""

from __future__ import annotations

from epochlint.scripts.things import (
    MORE,
    Class,
    Datum,
    Function,
    Library,
    Mapping,
    Object,
    Opaque,
    Passed,
    Scalar,
    Sequence,
    constant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


class Option(Datum):
    """One `add_argument`: where its value goes, what it is if nobody gives it, and what its text is turned into."""

    __slots__ = ("action", "default", "flags", "kind", "required", "several", "site")

    def __init__(
        self,
        flags: tuple[str, ...],
        default: Datum | None,
        kind: str,
        action: str,
        required: bool,
        site: Site,
        several: bool = False,
    ) -> None:
        self.flags = flags
        self.default = default
        self.kind = kind
        self.action = action
        self.required = required
        self.site = site
        self.several = several


# --- argparse --------------------------------------------------------------------------------------------------------


def parser(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    made = machine.new_object(("argparse.ArgumentParser",), site)
    made.native = "parser"
    parents = arguments.named.get("parents")
    for parent in parents.items if isinstance(parents, Sequence) else ():
        if isinstance(parent, Object):
            for dest, option in parent.slots.items():
                machine.trail.store(made.slots, dest, option)
    return made


def method(machine: Machine, receiver: Object, name: str, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a method of a parser gives; None for methods that other things have too."""
    if receiver.native not in ("parser", "group"):
        return None
    target = receiver.element if receiver.native == "group" and isinstance(receiver.element, Object) else receiver
    if name == "add_argument":
        _add_argument(machine, target, arguments, site)
        return Opaque(site)
    if name in ("add_argument_group", "add_mutually_exclusive_group", "add_subparsers", "add_parser"):
        return _group(machine, target, name, arguments, site)
    if name == "set_defaults":
        for dest, value in arguments.named.items():
            machine.trail.store(target.slots, ("default", dest), value)
        if arguments.open_named is not None:
            machine.trail.store(target.slots, MORE, True)
        return constant(None, site)
    if name == "get_default":
        wanted = arguments.get(0, "dest")
        values = _values(machine, target)
        return values.get(str(wanted.plain), Opaque(site)) if isinstance(wanted, Scalar) else Opaque(site)
    if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        made = _parsed(machine, target, arguments, site)
        if name == "parse_known_args":
            return Sequence("tuple", (made, Opaque(site, kind="list")), site)
        return made
    if name in ("error", "exit"):
        machine.raised = True
    return Opaque(site)


def _group(machine: Machine, target: Object, name: str, arguments: Arguments, site: Site) -> Object:
    made = machine.new_object(("argparse.ArgumentParser",), site)
    made.native, made.element = "group", target
    if name == "add_subparsers":
        dest = arguments.named.get("dest")
        if isinstance(dest, Scalar) and isinstance(dest.plain, str):
            option = Option((dest.plain,), None, "str", "store", True, site)
            machine.trail.store(target.slots, ("option", dest.plain), option)
    return made


def _add_argument(machine: Machine, target: Object, arguments: Arguments, site: Site) -> None:
    flags = tuple(one.plain for one in arguments.positional if isinstance(one, Scalar) and isinstance(one.plain, str))
    named = arguments.named
    dest = named.get("dest")
    if isinstance(dest, Scalar) and isinstance(dest.plain, str):
        name = dest.plain
    elif flags and len(flags) == len(arguments.positional):
        name = _destination(flags)
    else:
        machine.trail.store(target.slots, MORE, True)
        return
    action = named.get("action")
    does = (
        action.plain
        if isinstance(action, Scalar)
        else action.dotted.rpartition(".")[2]
        if isinstance(action, Library)
        else "store"
    )
    kind = named.get("type")
    converts = kind.dotted.rpartition(".")[2] if isinstance(kind, Library) else "" if kind is None else "?"
    required = named.get("required")
    count = named.get("nargs")
    positional = bool(flags) and not flags[0].startswith("-")
    optional = isinstance(count, Scalar) and count.plain in ("?", "*")
    needed = (positional and not optional) or (isinstance(required, Scalar) and required.plain is True)
    several = count is not None and not (isinstance(count, Scalar) and count.plain == "?")
    option = Option(flags, named.get("default"), converts, str(does), needed, site, several)
    machine.trail.store(target.slots, ("option", name), option)


def _destination(flags: tuple[str, ...]) -> str:
    long = next((flag for flag in flags if flag.startswith("--")), flags[0])
    return long.lstrip("-").replace("-", "_")


def _parsed(machine: Machine, target: Object, arguments: Arguments, site: Site) -> Object:
    made = namespace_object(machine, site)
    values = _values(machine, target)
    machine.takes_options = True
    if arguments.get(0, "args") is None:
        values.update(_commanded(machine, target))
    known = next((one for one in arguments.positional if isinstance(one, Object) and one.native == "namespace"), None)
    if known is not None:
        values = {**values, **known.slots}
    given = arguments.get(0, "args")
    if isinstance(given, Sequence) and given.complete:
        _take(target, values, given)
    elif given is not None and not (isinstance(given, Scalar) and given.plain is None) and given is not known:
        values = {name: _maybe_given(value) for name, value in values.items()}
    made.slots.update(values)
    if target.slots.get(MORE):
        made.native = "open namespace"
    return made


def _commanded(machine: Machine, target: Object) -> dict[str, Datum]:
    """Return the options that the launch command gives."""
    if machine.command is None:
        return {}
    found = {
        key[1]: machine.command.value(option.flags, option.kind, option.action, option.several)
        for key, option in target.slots.items()
        if isinstance(option, Option)
    }
    return {name: value for name, value in found.items() if value is not None}


def _maybe_given(value: Datum) -> Datum:
    return value


def namespace_object(machine: Machine, site: Site) -> Object:
    made = machine.new_object(("argparse.Namespace",), site)
    made.native = "namespace"
    return made


def _values(machine: Machine, target: Object) -> dict[str, Datum]:
    """Return the options of a parser with the values they have if nobody gives them."""
    values: dict[str, Datum] = {}
    for key, option in target.slots.items():
        if isinstance(option, Option):
            name = key[1]
            default = target.slots.get(("default", name)) or option.default
            values[name] = _value(machine, target, name, option, default)
    for key, value in target.slots.items():
        if isinstance(key, tuple) and key[0] == "default" and key[1] not in values:
            values[key[1]] = value
    return values


def _value(machine: Machine, target: Object, name: str, option: Option, default: Datum | None) -> Datum:
    if default is None and option.action in ("store_true", "store_false"):
        default = constant(option.action == "store_false", option.site, "declared-default")
    if isinstance(default, Library) and default.dotted == "argparse.SUPPRESS":
        default = None
    if default is None and option.required:
        key = ("option", id(target), name)
        if key not in machine.shared:
            kind = option.kind if option.kind in ("int", "float", "str") else ""
            machine.shared[key] = Opaque(option.site, f"--{name} has no default", f"args.{name}", kind, "command")
            machine.globals_kept.append(target)
        return machine.shared[key]
    if default is None:
        value = constant(None, None, "declared-default")
        value.overridable = True
        return value
    return declared_default(default, name, option.kind)


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
        value.key = ("option", value.site[0].path, *_position(value.site[1])) if isinstance(value.site, tuple) else None
    return value


def _position(node: Any) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _take(target: Object, values: dict[str, Datum], given: Sequence) -> None:
    """Take the options of a list of arguments that is written in the script: `parse_args(["--epochs", "3"])`."""
    by_flag = {
        flag: (key[1], option)
        for key, option in target.slots.items()
        if isinstance(option, Option)
        for flag in option.flags
    }
    words = list(given.items)
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        text = word.plain if isinstance(word, Scalar) and isinstance(word.plain, str) else ""
        flag, equals, inline = text.partition("=")
        if flag not in by_flag:
            continue
        name, option = by_flag[flag]
        if option.action in ("store_true", "store_false"):
            values[name] = constant(option.action == "store_true", word.site, "literal")
            continue
        value: Datum = (
            constant(inline, word.site, "literal") if equals else words[index] if index < len(words) else word
        )
        index += 0 if equals else 1
        values[name] = _converted(value, option.kind)


def _converted(value: Datum, kind: str) -> Datum:
    if isinstance(value, Scalar) and isinstance(value.plain, str) and kind in ("int", "float"):
        try:
            return constant(int(value.plain) if kind == "int" else float(value.plain), value.site, "literal")
        except ValueError:
            return Opaque(value.site)
    return value


# --- flags ------------------------------------------------------------------------------------------------------------


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


# --- namespaces and dataclasses --------------------------------------------------------------------------------------


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
