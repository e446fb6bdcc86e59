"""Making objects of the repository's classes: `__init__` is run, dataclasses and named tuples are filled in."""

from __future__ import annotations

from epochlint.scripts.arguments import Arguments, parameters_of
from epochlint.scripts.callables import Class, Function
from epochlint.scripts.functions import call_function
from epochlint.scripts.library import bind, build, record
from epochlint.scripts.machine import DEEPEST_CALLS
from epochlint.scripts.properties import Binding
from epochlint.scripts.things import Datum, Object, Opaque, Passed, Scalar
from epochlint.scripts.types import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def types_of(machine: Machine, cls: Class) -> tuple[str, ...]:
    """Return the dotted names of a class and of everything it derives from, most derived first."""
    names = [f"{one.source.module}.{one.name}" for one in cls.mro()]
    for base in cls.library_bases():
        names.extend(expand(machine, machine.apis.canonical(base)))
    return tuple(dict.fromkeys(names))


def instantiate(machine: Machine, cls: Class, arguments: Arguments, site: Site, *, overridable: bool = False) -> Datum:
    """Make an object of a class; `overridable` says that its fields may be set elsewhere, as on the command line."""
    if cls.kind == "enum" or len(machine.activations) > DEEPEST_CALLS:
        return Opaque(site)
    types = types_of(machine, cls)
    made = machine.new_object(types, site, cls)
    fields = fields_of(cls)
    init = cls.find("__init__")
    names = _parameters(init) if isinstance(init, Function) else tuple(fields or ())
    passed = arguments.bound(names)
    if not isinstance(init, Function) and not fields:
        passed = _take_library_base(machine, cls, made, arguments) or passed
    made.given = passed
    call = record(machine, types[0], types, passed, site)
    if call is not None:
        call.result = made
        call.read = isinstance(init, Function) or bool(fields)
        made.made_by = call
    if cls.instantiated is None:
        cls.instantiated = made
    for one in reversed(cls.mro()):
        for name, value in one.slots.items():
            if isinstance(value, Scalar):
                machine.trail.store(made.slots, name, value)
    if fields and not isinstance(init, Function):
        _fill(machine, made, fields, passed, site, overridable)
    if isinstance(init, Function):
        call_function(machine, init, arguments, site, made, overridable=overridable)
        machine.raised = False
    return made


def _parameters(init: Function) -> tuple[str, ...]:
    names = parameters_of(init.node.args)
    return names[1:]


def _take_library_base(machine: Machine, cls: Class, made: Object, arguments: Arguments) -> tuple[Passed, ...] | None:
    """A class without an `__init__` takes the arguments of the library class it derives from."""
    for base in cls.library_bases():
        api = machine.apis.api(machine.apis.canonical(base))
        if api is not None:
            made.bindings = (Binding(api, bind(api, arguments), None, made.site),)
            if api.builds:
                build(machine, made, api, arguments, made.site)
            return arguments.bound(api.positional)
    return None


def fields_of(cls: Class) -> dict[str, Datum | None] | None:
    """Return the fields of a dataclass or named tuple with their defaults, those of its bases first."""
    fields: dict[str, Datum | None] = {}
    found = False
    for one in reversed(cls.mro()):
        if one.fields is not None:
            found = True
            fields.update(one.fields)
    return fields if found else None


class Factory(Datum):
    """The default of a field that is made anew for each object."""

    __slots__ = ("function", "site")

    def __init__(self, function: Datum, site: Site) -> None:
        self.function = function
        self.site = site


def _fill(
    machine: Machine,
    made: Object,
    fields: dict[str, Datum | None],
    passed: tuple[Passed, ...],
    site: Site,
    overridable: bool,
) -> None:
    given = {one.name: one.datum for one in passed}
    for name, default in fields.items():
        value = given.get(name)
        if value is None:
            value = field_value(machine, default, site, overridable)
            if value is None:
                value = Opaque(site, f"{name} is not given", name)
        machine.trail.store(made.slots, name, value)
    after = made.cls.find("__post_init__") if made.cls is not None else None
    if isinstance(after, Function):
        call_function(machine, after, Arguments(), site, made)
        machine.raised = False


def field_value(machine: Machine, default: Datum | None, site: Site, overridable: bool) -> Datum | None:
    """Return the default of a field for a new object; None if it has none."""
    if isinstance(default, Factory):
        return machine.call(default.function, site)
    if isinstance(default, Scalar):
        value = default.copy()
        value.origin = "declared-default" if default.origin == "literal" else default.origin
        value.overridable = value.overridable or overridable
        return value
    return default
