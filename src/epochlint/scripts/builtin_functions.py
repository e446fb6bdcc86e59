"""What Python's own functions and its library give, by dotted name; the functions on numbers, containers and objects
stand in modules of their own."""

from __future__ import annotations

from epochlint.scripts import (
    configs,
    container_functions,
    declared,
    executed,
    files,
    number_functions,
    object_functions,
    parsers,
    roles,
)
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Partial
from epochlint.scripts.things import Datum, Opaque, constant, unknown_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

    Native = Callable[[Machine, Arguments, Site], Datum | None]


def _first(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return arguments.positional[0] if arguments.positional else Opaque(site)


def _nothing(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return constant(None, site)


def _leave(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    machine.raised = True
    return Opaque(site)


def _partial(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    if not arguments.positional or arguments.open_named is not None:
        return None
    return Partial(arguments.positional[0], tuple(arguments.positional[1:]), dict(arguments.named), site)


def _cast(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return arguments.positional[1] if len(arguments.positional) == 2 else Opaque(site)


def _environment(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    name = arguments.get(0, "key")
    if name is None:
        return Opaque(site)
    default = arguments.get(1, "default")
    if default is None:
        return roles.environment(machine, name, None, site)
    return roles.environment(machine, name, default, site)


def _unknown(kind: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
        return unknown_scalar(site, kind)

    return apply


TABLE: dict[str, Native] = {
    **number_functions.TABLE,
    **container_functions.TABLE,
    **object_functions.TABLE,
    "builtins.repr": _unknown("str"),
    "builtins.iter": _first,
    "builtins.print": _nothing,
    "builtins.exit": _leave,
    "builtins.quit": _leave,
    "builtins.exec": executed.execute,
    "builtins.open": files.open_file,
    "builtins.input": _unknown("str"),
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "os.environ.setdefault": _environment,
    "os.path.join": files.joined_path,
    "os.path.abspath": _first,
    "os.path.realpath": _first,
    "os.path.expanduser": _first,
    "os.fspath": _first,
    "os.path.dirname": files.folder_of,
    "os.path.exists": _unknown("bool"),
    "os.path.isfile": _unknown("bool"),
    "os.path.isdir": _unknown("bool"),
    "pathlib.Path": files.make_path,
    "sys.exit": _leave,
    "os._exit": _leave,
    "functools.partial": _partial,
    "typing.cast": _cast,
    "types.SimpleNamespace": declared.namespace,
    "argparse.Namespace": declared.namespace,
    "argparse.ArgumentParser": parsers.parser,
    "dataclasses.field": declared.field,
    "dataclasses.asdict": declared.as_mapping,
    "dataclasses.replace": declared.replaced,
    "yaml.safe_load": configs.load_file,
    "yaml.load": configs.load_file,
    "yaml.full_load": configs.load_file,
    "yaml.unsafe_load": configs.load_file,
    "json.load": configs.load_file,
    "json.loads": configs.load_file,
    "tomllib.load": configs.load_file,
    "tomllib.loads": configs.load_file,
    "tomli.load": configs.load_file,
    "toml.load": configs.load_file,
}
