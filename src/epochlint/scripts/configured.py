"""Objects that a library makes from a configuration file: the classes are in the script, their arguments in the file.

`Cli(Net, Pixels)` makes a `Net` with the arguments of the section `model` and a `Pixels` with those of `data`; a
section may also name the class itself (`class_path`, with `init_args`). Which API does so, its `builds` says. The file
is the one that the script is read with.
"""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import configs, modules
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Class, Function, Library, Module, Partial
from epochlint.scripts.calls import call
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.library import bind
from epochlint.scripts.sites import Source
from epochlint.scripts.syntax import walk
from epochlint.scripts.things import Datum, Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

CLASS, ARGUMENTS = "class_path", "init_args"


def build(machine: Machine, made: Object, api: Api, arguments: Arguments, site: Site) -> None:
    """Make what a call builds from the configuration, as attributes of the object that the call makes."""
    document = machine.configuration
    if document is None or document.root is None:
        return
    root = configs.datum_of(machine, document, document.root, True, False)
    given = bind(api, arguments)
    for attribute, section, parameter in api.builds:
        part = _section(root, section)
        built = _built(machine, given.get(parameter), part, site)
        if built is not None:
            machine.trail.store(made.slots, attribute, built)


def _section(root: Datum, name: str) -> Datum | None:
    """Return a section of the file; it may stand in that of a subcommand."""
    if not isinstance(root, Mapping):
        return None
    tables = (root, *(table for table in root.entries.values() if isinstance(table, Mapping)))
    return next((table.entries[name] for table in tables if name in table.entries), None)


def _built(machine: Machine, cls: Datum | None, part: Datum | None, site: Site) -> Datum | None:
    if isinstance(part, Scalar) and isinstance(part.plain, str):  # only the name of the class
        return call(machine, class_named(machine, part.plain, site), Arguments(), part.site)
    if isinstance(part, Mapping):
        if CLASS in part.entries:
            return _instance(machine, part, site)
        if isinstance(cls, Class | Library):
            return call(machine, cls, _arguments(machine, cls, part, site), site)
        return None
    return call(machine, cls, Arguments(), site) if isinstance(cls, Class | Library) else None


def _instance(machine: Machine, part: Mapping, site: Site, factory: bool = False) -> Datum:
    """Return the object that `class_path` and `init_args` tell of, or what makes it once it is given the rest."""
    name = part.entries[CLASS]
    if not isinstance(name, Scalar) or not isinstance(name.plain, str):
        return part
    cls = class_named(machine, name.plain, site)
    inside = part.entries.get(ARGUMENTS)
    given = _arguments(machine, cls, inside, site) if isinstance(inside, Mapping) else Arguments()
    if factory:
        return Partial(cls, (), given.named, part.site)
    return call(machine, cls, given, part.site)


def _arguments(machine: Machine, cls: Datum, table: Mapping, site: Site) -> Arguments:
    factories = _factories(cls)
    given = Arguments()
    for key, value in table.entries.items():
        if isinstance(key, str):
            made = _instances_in(machine, value, site, key in factories)
            given.name(key, made, table.key_sites.get(key) or value.site)
    return given


def _instances_in(machine: Machine, value: Datum, site: Site, factory: bool) -> Datum:
    if isinstance(value, Mapping) and CLASS in value.entries:
        return _instance(machine, value, site, factory)
    if isinstance(value, Sequence) and value.complete:
        items = tuple(_instances_in(machine, item, site, factory) for item in value.items)
        return Sequence(value.kind, items, value.site)
    return value


def _factories(cls: Datum) -> frozenset[str]:
    """Return the parameters that take a function which makes the object: `optimizer: OptimizerCallable`."""
    init = cls.find("__init__") if isinstance(cls, Class) else None
    if not isinstance(init, Function):
        return frozenset()
    parameters = init.node.args
    return frozenset(
        one.arg
        for one in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)
        if one.annotation is not None and "Callable" in _names_in(one.annotation)
    )


def _names_in(annotation: ast.expr) -> str:
    """Return the names in an annotation, as one text."""
    return " ".join(
        node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else str(node.value)
        for node in walk([annotation])
        if isinstance(node, ast.Name | ast.Attribute | ast.Constant)
    )


def class_named(machine: Machine, dotted: str, site: Site) -> Datum:
    """Return a class by its dotted name: of the script, of a file of the repository, or of a library."""
    head, _, last = dotted.rpartition(".")
    main = machine.main
    if main is not None and head in ("", "__main__", main.module, main.module.rpartition(".")[2]):
        own = machine.activations[0].scope.slots.get(last)
        if isinstance(own, Class | Library):
            return own
    module = modules.module_named(machine, dotted.split(".")[:-1], main.path if isinstance(main, Source) else "")
    found = module.scope.slots.get(last) if isinstance(module, Module) else None
    return found if isinstance(found, Class | Library) else Library(dotted, site)
