"""What calls with a role do: wrapping, preparing, loading configurations, filling dataclasses, reading the
environment."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN
from epochlint.scripts import configs, declared, filling
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Library
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.properties import Binding, given
from epochlint.scripts.splitting import split
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant
from epochlint.scripts.types import expand

ENVIRONMENT = "environment"  # the first part of the keys of its variables among the things there is one of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def result(machine: Machine, api: Api, receiver: Datum | None, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a call gives because of its role; None if its role does not say."""
    role = api.role
    if role == "wraps":
        return receiver if receiver is not None and not _is_class(receiver) else _first(api, arguments)
    if role == "prepares":
        return _prepared(machine, api, receiver, arguments, site)
    if role == "loads-config":
        return configs.load(machine, api, receiver, arguments, site)
    if role in ("config-folder", "composes-here", "merges-config", "config-from-command", "instantiates"):
        return _config(machine, api, arguments, site)
    if role == "parses-dataclass":
        return filling.parse_dataclasses(machine, api, receiver, arguments, site)
    if role == "splits":
        names = (*api.positional, "", "")
        types = expand(machine, api.returns)
        return split(machine, arguments.get(0, names[0]), arguments.get(1, names[1]), types, site)
    if role == "keeps-arguments":
        return _kept(machine, api, receiver, site)
    return None


def _config(machine: Machine, api: Api, arguments: Arguments, site: Site) -> Datum | None:
    from epochlint.scripts import composed  # few scripts need it

    role = api.role
    if role == "config-folder":
        composed.set_folder(machine, api, arguments, site)
        return None
    if role == "composes-here":
        return composed.compose_here(machine, api, arguments, site)
    if role == "merges-config":
        return composed.merge(machine, arguments, site)
    if role == "instantiates":
        return composed.instantiate(machine, arguments, site)
    return composed.from_command(machine, site)


def _kept(machine: Machine, api: Api, receiver: Datum | None, site: Site) -> Datum | None:
    """Keep the parameters of the method that is running as an attribute of the object, named by what the API
    returns."""
    if not isinstance(receiver, Object) or not machine.activations:
        return None
    parameters = machine.activations[-1].scope.slots.items()
    kept = Arguments()
    kept.named.update({name: datum for name, datum in parameters if datum is not receiver})
    machine.trail.store(receiver.slots, api.returns, declared.namespace(machine, kept, site))
    return constant(None, site)


def _is_class(receiver: Datum) -> bool:
    return not isinstance(receiver, Object | Opaque)


def _first(api: Api, arguments: Arguments) -> Datum | None:
    if arguments.positional:
        return arguments.positional[0]
    return arguments.named.get(api.positional[0]) if api.positional else None


def _prepared(machine: Machine, api: Api, receiver: Datum | None, arguments: Arguments, site: Site) -> Datum:
    """Return the arguments themselves, with the properties that the API gives to each."""
    for datum in _one_by_one((*arguments.positional, *arguments.named.values())):
        if isinstance(datum, Object | Opaque | Library):
            binding = Binding(api, {api.positional[0]: datum} if api.positional else {}, receiver, site)
            found = {name: given(machine, binding, name) for name, _ in api.gives}
            for name, value in found.items():
                if value is not None and not _is_none(value):
                    datum.properties[name] = value
    if arguments.open_positional or not arguments.positional:
        return Opaque(site)
    if len(arguments.positional) == 1:
        return arguments.positional[0]
    return Sequence("tuple", tuple(arguments.positional), site)


def _one_by_one(things: tuple[Datum, ...]) -> tuple[Datum, ...]:
    """Return the things, those that are one of a few as all of the few."""
    return tuple(
        one
        for thing in things
        for one in ([each for _, each in thing.alternatives] if isinstance(thing, Choice) else [thing])
    )


def _is_none(value: Datum) -> bool:
    return isinstance(value, Scalar) and value.known and value.plain is None


def environment(machine: Machine, name: Datum, default: Datum | None, site: Site) -> Datum:
    """Return a variable of the environment: as the script set it, its default, which may be changed, or a symbol."""
    key = (ENVIRONMENT, name.plain) if isinstance(name, Scalar) and isinstance(name.plain, str) else None
    if key in machine.shared and isinstance(machine.shared[key], Scalar):
        return machine.shared[key]
    if isinstance(default, Scalar):
        value = default.copy()
        value.origin, value.overridable = "environment", True
        return value
    if default is not None:
        return default
    if key is None:
        return Opaque(site, "it comes from the environment", origin="environment")
    if key not in machine.shared:
        machine.shared[key] = Opaque(site, "it comes from the environment", key[1], origin="environment")
    return machine.shared[key]


def set_environment(machine: Machine, name: Datum, value: Datum) -> None:
    """The script sets a variable of the environment."""
    if isinstance(name, Scalar) and isinstance(name.plain, str):
        machine.trail.store(machine.shared, (ENVIRONMENT, name.plain), value)


def escape(machine: Machine, arguments: Arguments, site: Site) -> None:
    """A function of the repository that cannot be read is given something that it may change: it is no longer known."""
    for datum in (*arguments.positional, *arguments.named.values()):
        if isinstance(datum, Mapping):
            for key, value in tuple(datum.entries.items()):
                if isinstance(value, Scalar):
                    machine.trail.store(datum.slots, key, _changed(value, site))
        elif isinstance(datum, Object) and (datum.cls is not None or datum.native is not None):
            for key, value in tuple(datum.slots.items()):
                if isinstance(value, Scalar):
                    machine.trail.store(datum.slots, key, _changed(value, site))


def _changed(value: Scalar, site: Site) -> Scalar:
    """The number may have been changed; what was written is still the likeliest, and the command line's default as
    well."""
    del site
    if value.overridable:
        return value
    changed = value.copy()
    changed.overridable = True
    return changed


_ = UNKNOWN
