"""Options that an argument parser declares, and what parsing gives."""

from __future__ import annotations

from epochlint.scripts.callables import Library
from epochlint.scripts.containers import MORE, Sequence
from epochlint.scripts.declared import declared_default, namespace_object
from epochlint.scripts.things import Datum, Object, Opaque, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


class Option(Datum):
    """One `add_argument`: where its value goes, what it is if nobody gives it, and what its text is turned into."""

    __slots__ = ("about", "action", "default", "flags", "kind", "required", "several", "site")

    def __init__(
        self,
        flags: tuple[str, ...],
        default: Datum | None,
        kind: str,
        action: str,
        required: bool,
        site: Site,
        several: bool = False,
        about: str = "",
    ) -> None:
        self.flags = flags
        self.default = default
        self.kind = kind
        self.action = action
        self.required = required
        self.site = site
        self.several = several
        self.about = about  # its help text


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
    about = named.get("help")
    text = about.plain if isinstance(about, Scalar) and isinstance(about.plain, str) else ""
    option = Option(flags, named.get("default"), converts, str(does), needed, site, several, text)
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
        nothing = constant(None, None, "declared-default")
        nothing.overridable = True
        return nothing
    value = declared_default(default, name, option.kind)
    if isinstance(value, Scalar) and value.key is not None:
        machine.options[value.key] = option
    return value


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
