"""Calls of libraries: what the APIs' data say of them becomes objects with types and properties."""

from __future__ import annotations

from epochlint.expressions.values import Unknown
from epochlint.scripts import arrays, declared, roles
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Library
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.machine import line_of
from epochlint.scripts.properties import Binding, given, property_of
from epochlint.scripts.recording import Call
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant, known_as
from epochlint.scripts.types import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.units import Unit
    from epochlint.expressions.values import Value
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Passed

# Constants of Python's own library that scripts use for numbers.
CONSTANTS: dict[str, float | str] = {
    "math.inf": float("inf"),
    "math.pi": 3.141592653589793,
    "math.e": 2.718281828459045,
    "math.nan": float("nan"),
    "sys.maxsize": 2**63 - 1,
}


def role_of(machine: Machine, thing: Datum | None) -> str:
    """Return the role of an object by its types: optimizer, scheduler, loader; empty if it has none."""
    if not isinstance(thing, Object):
        return ""
    if thing.role is None:
        apis = (machine.apis.api(name) for name in thing.types)
        thing.role = next((api.role for api in apis if api is not None and api.role), "")
        if not thing.role:
            made = next((binding.api.role for binding in thing.bindings if binding.api.role), "")
            thing.role = made
    return thing.role


TOLD = "told"  # the role of a number that the running framework tells the script: the plan knows it, not the script


# --- recording -------------------------------------------------------------------------------------------------------


def record(
    machine: Machine,
    callee: str,
    callees: tuple[str, ...],
    passed: tuple[Passed, ...],
    site: Site,
    receiver: Datum | None = None,
    role: str = "",
) -> Call | None:
    """Write a call down, unless nothing is being written down."""
    if not machine.recording:
        return None
    recorder = machine.recorder
    call = Call(len(recorder.calls), callee, callees, site, machine.function_name, machine.frames)
    call.passed = passed
    call.moment = recorder.moment()
    # What can change is kept as it is now; the rest is turned into facts once it is clear what stays.
    call.frozen = {
        one.name: machine.frozen(one.datum) for one in passed if isinstance(one.datum, Mapping | Sequence | Choice)
    } or None
    call.role = role
    if isinstance(receiver, Object):
        call.receiver = receiver
    call.receiver_name = receiver.text if receiver is not None else ""
    recorder.calls.append(call)
    return call


# --- functions and classes -------------------------------------------------------------------------------------------


def call_library(machine: Machine, dotted: str, arguments: Arguments, site: Site, local: bool = False) -> Datum:
    """Call a function or class of a library."""
    dotted = machine.apis.canonical(dotted)
    if dotted.rpartition(".")[2].startswith("DEFINE_"):
        return declared.define_flag(machine, dotted, arguments, site)
    api = machine.apis.api(dotted)
    passed = arguments.bound(api.positional if api is not None else ())
    call = record(machine, dotted, (dotted,), passed, site, role=api.role if api is not None else "")
    result = _result_of_call(machine, dotted, api, arguments, passed, site)
    if isinstance(result, Object) and result.site is site and call is not None:
        call.result = result
        result.made_by = call
    elif isinstance(result, Object) and call is not None and not result.given:
        call.result = result
    if local:
        roles.escape(machine, arguments, site)
    return result


def _result_of_call(
    machine: Machine, dotted: str, api: Api | None, arguments: Arguments, passed: tuple[Passed, ...], site: Site
) -> Datum:
    special = roles.result(machine, api, None, arguments, site) if api is not None and api.role else None
    if special is not None:
        return special
    if api is not None:
        value = value_given(machine, Binding(api, bind(api, arguments), None, site), dotted, arguments, site)
        if value is not None:
            return value
    made = machine.new_object(expand(machine, api.returns if api is not None and api.returns else dotted), site)
    made.given = passed
    if api is not None:
        made.bindings = (Binding(api, bind(api, arguments), None, site),)
        if api.builds:
            build(machine, made, api, arguments, site)
    return made


def build(machine: Machine, made: Object, api: Api, arguments: Arguments, site: Site) -> None:
    """Make the objects that a call builds from a configuration file."""
    from epochlint.scripts import configured  # few scripts need it

    configured.build(machine, made, api, arguments, site)


def bind(api: Api, arguments: Arguments) -> dict[str, Datum]:
    """Return the arguments by parameter. More positional ones than an API has go to its last parameter, as a tuple."""
    names = api.positional
    bound: dict[str, Datum] = {}
    for index, datum in enumerate(arguments.positional):
        if index < len(names):
            bound[names[index]] = datum
    if names and len(arguments.positional) > len(names):
        bound[names[-1]] = Sequence("tuple", tuple(arguments.positional[len(names) - 1 :]), None)
    bound.update(arguments.named)
    return bound


def value_given(machine: Machine, binding: Binding, dotted: str, arguments: Arguments, site: Site) -> Scalar | None:
    """Return the number a call gives, where the API says that it gives one (the property `value`)."""
    unit = next((unit for name, unit in binding.api.units if name == "value"), None)
    found = given(machine, binding, "value")
    if found is None and unit is None:
        return None
    if isinstance(found, Scalar) and not isinstance(found.value, Unknown):
        result = found.copy()
    else:
        symbol = _told(machine, binding.api, unit) if binding.api.role == TOLD else None
        if symbol is None:
            # Without arguments it is the same number wherever it is asked for: the number of processes, of devices.
            key = dotted if not arguments.positional and not arguments.named else ("call", site_key(site))
            name = Opaque(site).text or dotted
            symbol = machine.symbols.symbol(name, ("value", key), unit, line_of(site), True)
        result = Scalar(symbol, site, "computed", None, "int")
    result.site = site
    result.label, result.key, result.unit = Opaque(site).text or dotted, ("value", dotted, site_key(site)), unit
    return result


def _told(machine: Machine, api: Api, unit: Unit | None) -> Value:
    """Return the symbol of a number that the framework tells, by whose name the plan of a run knows it. It may be -1:
    it has no bounds."""
    return machine.symbols.symbol(api.name, (TOLD, api.name), unit, 0, False, True)


def site_key(site: Site) -> object:
    if isinstance(site, tuple):
        node = site[1]
        return site[0].path, getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
    return site


# --- methods ---------------------------------------------------------------------------------------------------------


def find_method(machine: Machine, types: tuple[str, ...], name: str) -> Api | None:
    for one in types:
        api = machine.apis.api(f"{one}.{name}") if one.count(".") else None
        if api is not None:
            return api
    return None


def call_method(machine: Machine, receiver: Datum, name: str, arguments: Arguments, site: Site) -> Datum:
    """Call a method of a library's object, or of something unknown."""
    types = receiver.types if isinstance(receiver, Object) else ()
    api = find_method(machine, types, name)
    callees = tuple(f"{one}.{name}" for one in types) or (f"?.{name}",)
    passed = arguments.bound(api.positional if api is not None else ())
    call = record(machine, callees[0], callees, passed, site, receiver, api.role if api is not None else "")
    result = _result_of_method(machine, receiver, name, api, arguments, passed, site)
    if isinstance(result, Object) and result.site is site and call is not None:
        call.result = result
        result.made_by = call
    return result


def _result_of_method(
    machine: Machine,
    receiver: Datum,
    name: str,
    api: Api | None,
    arguments: Arguments,
    passed: tuple[Passed, ...],
    site: Site,
) -> Datum:
    if api is None:
        array = arrays.method(machine, receiver, name, arguments, site) if isinstance(receiver, Object) else None
        return array if array is not None else Opaque(site)
    special = roles.result(machine, api, receiver, arguments, site) if api.role else None
    if special is not None:
        return special
    binding = Binding(api, bind(api, arguments), receiver, site)
    value = value_given(machine, binding, f"{api.name} of {id(receiver)}", arguments, site)
    if value is not None:
        return value
    if not api.returns and not api.gives:
        return Opaque(site)
    made = machine.new_object(expand(machine, api.returns) if api.returns else (), site)
    made.given = passed
    made.bindings = (binding,)
    return made


def unpacked(machine: Machine, thing: Object, count: int, site: Site) -> list[Datum] | None:
    """Return the parts of what a call gives together, as its API lists them; None if it does not."""
    for binding in thing.bindings:
        names = binding.api.unpacks
        if not names or len(names) < count:
            continue
        return [_part(machine, thing, binding, name, index, site) for index, name in enumerate(names[:count])]
    return None


def _part(machine: Machine, thing: Object, binding: Binding, name: str, index: int, site: Site) -> Datum:
    """Return one part: an argument of the call, or an object that another API describes."""
    key = ("unpacked", index)
    if key in thing.parts:
        return thing.parts[key]
    part: Datum
    if name in binding.arguments:
        part = binding.arguments[name]
    else:
        api = machine.apis.api(name) if "." in name else None
        binding = Binding(api, binding.arguments, thing, site) if api is not None else binding
        number = value_given(machine, binding, name, Arguments(), site) if api is not None else None
        if api is None:
            part = Opaque(site)
        elif number is not None:
            part = number
        else:
            made = machine.new_object(expand(machine, api.returns or name), site)
            made.bindings = (binding,)
            made.given = thing.given
            part = made
    thing.parts[key] = part
    return part


# --- attributes and items --------------------------------------------------------------------------------------------


def attribute_of_library(machine: Machine, owner: Library | Object, name: str, site: Site) -> Datum | None:
    """Return an attribute of a library's module, class or object; None if nothing is known of it."""
    if isinstance(owner, Library):
        if owner.dotted.endswith(".FLAGS"):
            return declared.flag(machine, name, site)
        dotted = f"{owner.dotted}.{name}"
        if dotted in CONSTANTS:
            return constant(CONSTANTS[dotted], site)
        if dotted == "sys.argv":
            machine.takes_options = True
            if machine.command is not None:
                return machine.command.as_list(machine.main.path if machine.main is not None else "", site)
        if name not in owner.parts:
            owner.parts[name] = Library(dotted, site, owner.local)
        return owner.parts[name]
    api = find_method(machine, owner.types, name)
    if api is not None and api.role == TOLD:
        written = _as_given(owner, name)
        if isinstance(written, Scalar) and written.known and written.plain is not None:
            return written
    if api is not None and not api.positional:
        binding = Binding(api, {}, owner, site)
        value = value_given(machine, binding, f"{api.name} of {id(owner)}", Arguments(), site)
        if value is not None:
            owner.parts[(".", name)] = value
            return value
        if api.returns:
            made = machine.new_object(expand(machine, api.returns), site)
            made.bindings = (binding,)
            owner.parts[(".", name)] = made
            return made
    for binding in owner.bindings:
        if any(known == name for known, _ in (*binding.api.gives, *binding.api.units)):
            return property_of(machine, owner, name)
    return _as_given(owner, name)


def _as_given(owner: Object, name: str) -> Datum | None:
    """An object made by a class of a library has its keyword arguments as attributes: `config.batch_size`."""
    if not owner.types or not owner.types[0].rpartition(".")[2][:1].isupper():
        return None
    given = next((passed.datum for passed in owner.given if passed.name == name), None)
    return known_as(given, f"{owner.text}.{name}", given.site) if given is not None else None


def item_of_library(machine: Machine, owner: Library | Object, key: Datum, site: Site) -> Datum | None:
    if isinstance(owner, Library):
        if owner.dotted == "os.environ":
            return roles.environment(machine, key, None, site)
        return None
    api = find_method(machine, owner.types, "__getitem__")
    if api is None:
        return None
    cached = ("item", key.plain) if isinstance(key, Scalar) and key.known else None
    if cached is not None and cached in owner.parts:
        return owner.parts[cached]
    arguments = Arguments.of([key])
    result = _result_of_method(machine, owner, "__getitem__", api, arguments, arguments.bound(api.positional), site)
    if cached is not None:
        owner.parts[cached] = result
    return result
