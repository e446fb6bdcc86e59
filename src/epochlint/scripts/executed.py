"""Files whose text a script executes in its own global names: `exec(open("overrides.py").read())`."""

from __future__ import annotations

from epochlint.scripts import files
from epochlint.scripts.scope import Scope
from epochlint.scripts.sites import Source
from epochlint.scripts.things import Datum, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site
    from epochlint.sources.documents import Document, Word

# What a file uses that sets global names by the words of the command: files to execute, and `--name=value`.
_BY_COMMAND = ("sys.argv", "globals()")


def execute(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    """Do what a file says that is executed. Code that is not there to read may set any global: what the script says is
    then open to change."""
    thing = arguments.positional[0] if arguments.positional else None
    document = _document(machine, thing.path, site) if isinstance(thing, files.File) and thing.path else None
    if document is None:
        _open_to_change(machine)
    elif all(mark in document.text for mark in _BY_COMMAND):
        machine.takes_options = True
        if machine.command is None:
            _open_to_change(machine)
        for word in machine.command.words if machine.command is not None else ():
            _take(machine, word, site)
    else:
        _run(machine, document)
    return constant(None, site)


def _document(machine: Machine, path: str, site: Site) -> Document | None:
    beside = site[0].path if isinstance(site, tuple) else ""
    document = machine.open_document(path, beside)
    return document if document is not None and document.tree is not None else None


def _take(machine: Machine, word: Word, site: Site) -> None:
    name, equals, _ = word.text.removeprefix("--").partition("=")
    slots = machine.activation.scope.module.slots
    if not word.known:
        _open_to_change(machine)
    elif equals and word.text.startswith("--"):
        value = machine.command.value((f"--{name}",), "literal") if machine.command is not None else None
        if name in slots and value is not None:
            machine.trail.store(slots, name, value)
    elif not word.text.startswith("-"):
        document = _document(machine, word.text, site)
        if document is None:
            _open_to_change(machine)
        else:
            _run(machine, document)


def _run(machine: Machine, document: Document) -> None:
    """Interpret a file as part of the module at hand; its numbers keep the places they have in it."""
    if document.tree is None:
        return
    module = machine.activation.scope.module
    scope = Scope("module", module.name, Source(document, module.source.module))
    scope.slots = module.slots
    machine.execute(document.tree.body, scope)


def _open_to_change(machine: Machine) -> None:
    slots = machine.activation.scope.module.slots
    for name, value in tuple(slots.items()):
        if isinstance(value, Scalar) and not value.overridable:
            changed = value.copy()
            changed.overridable = True
            machine.trail.store(slots, name, changed)
