"""Reading a script: it is interpreted, functions that nobody calls too, and what was found becomes facts."""

from __future__ import annotations

import _ast as ast

from epochlint.places import Span
from epochlint.scripts import (
    calls,
    configs,
    counts,
    definitions,
    expressions,
    hooks,
    horizons,
    logged,
    loops,
    snapshot,
    statements,
    training_loops,
)
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.callables import Class, Function
from epochlint.scripts.classes import instantiate
from epochlint.scripts.command_line import CommandLine
from epochlint.scripts.facts import Script
from epochlint.scripts.functions import call_function
from epochlint.scripts.machine import Activation, Machine
from epochlint.scripts.modules import module_name, module_scope
from epochlint.scripts.observing import observations
from epochlint.scripts.sites import Source
from epochlint.scripts.syntax import walk
from epochlint.scripts.things import Object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.apis import ApiTable
    from epochlint.scripts.facts import Thing
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Datum
    from epochlint.sources.documents import Document, Word


EXECUTORS: dict[type, Callable[[Any, Any, Scope], bool]] = {
    **statements.EXECUTORS,
    **loops.EXECUTORS,
    **definitions.EXECUTORS,
}


class Interpreter(Machine):
    """The machine with all of Python's syntax wired to it."""

    evaluators = expressions.EVALUATORS
    executors = EXECUTORS

    def call(self, callee: Datum, site: Site, positional: list[Datum] | None = None) -> Datum:
        return calls.call_thing(self, callee, site, positional)

    def frozen(self, datum: Datum) -> Thing:
        return snapshot.thing_of(self, datum)


def read_script(
    document: Document,
    apis: ApiTable,
    open_document: Callable[[str, str], Document | None],
    configuration: Document | None = None,
    words: tuple[Word, ...] = (),
) -> Script:
    """Return everything that is established about a script.

    `open_document(name, beside)` gives a file of the repository that the file `beside` names, or None. `configuration`
    is the file from which a library's command line makes objects of the script's classes, `words` are what a launch
    command gives the script. Nothing is ever executed; whatever is too large or too deep to follow is unknown, and a
    problem `analysis-gave-up` says so.
    """
    module = module_name(document.path)
    if document.tree is None:
        return Script(document.path, module, (), (), (), (), problems=document.problems)
    machine = Interpreter(apis, open_document, CommandLine(words) if words else None)
    machine.configuration = configuration
    source = Source(document, module)
    machine.main = source
    scope = module_scope(source, "__main__")
    machine.activations.append(Activation("", scope, source, 0, (), None))
    try:
        machine.execute(document.tree.body, scope)
        machine.raised = False
        _run_uncalled(machine, document.tree, source)
        _note_called_hooks(machine)
    except RecursionError:  # the depth is bounded; this is for syntax that the bound does not count
        machine.recorder.problem("analysis-gave-up", "the script is nested too deep to follow", Span(1, 1, 1, 1))
    return _facts(machine, source)


def _run_uncalled(machine: Interpreter, tree: ast.Module, source: Source) -> None:
    """Run each function that nobody calls once, with its defaults: there may be settings in it."""
    used = _names_used(tree)
    tried: set[int] = set()
    while not machine.exhausted:
        hooks = _classes_with_hooks(machine)
        waiting = [
            one
            for one in machine.functions
            if id(one.node) not in tried and (one.source is source or (one.owner in hooks and _is_hook(one)))
        ]
        if not waiting:
            return
        tried.update(id(one.node) for one in waiting)
        # What other functions use is likely to be called by them: it comes last.
        for function in sorted(waiting, key=lambda one: _rank(one, used)):
            if not function.called and id(function.node) not in machine.called and not machine.exhausted:
                _run_one(machine, function)


def _note_called_hooks(machine: Interpreter) -> None:
    """Give objects what those of their hooks return that the script called, too: a library calls them all the same."""
    classes = _classes_with_hooks(machine)
    for one in machine.recorder.objects:
        if one.cls in classes:
            for method, result in one.returned.items():
                one.properties.setdefault(method, result)


def _classes_with_hooks(machine: Interpreter) -> set[Datum]:
    """Return the classes of the objects at hand, also those of other files, that derive from a known library's: the
    library calls their methods."""
    return {
        cls
        for one in machine.recorder.objects
        if one.cls is not None
        and any(machine.apis.api(machine.apis.canonical(base)) is not None for base in one.cls.library_bases())
        for cls in one.cls.mro()
    }


def _run_one(machine: Interpreter, function: Function) -> None:
    machine.frames, machine.guards, machine.depth = (), (), 0
    receiver = _receiver(machine, function)
    machine.called.add(id(function.node))
    first = len(machine.recorder.calls)
    result = call_function(machine, function, Arguments(), function.site, receiver, overridable=True)
    if isinstance(receiver, Object):
        # Nobody in the script calls it: a framework does, and takes what it returns and what it logs.
        method = function.name.rpartition(".")[2]
        if _is_hook(function):
            receiver.properties.setdefault(method, result)
        logged.note(machine, receiver, method, first)
        hooks.note_steps(machine, receiver, method, first)
    machine.raised = False


def _names_used(tree: ast.Module) -> set[str]:
    """Return the names that the functions of a file use: each may be a function that they call."""
    used: set[str] = set()
    for node in walk(tree.body, into_definitions=True):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = {
                one.id if isinstance(one, ast.Name) else one.attr
                for one in walk(node.body)
                if isinstance(one, ast.Name | ast.Attribute)
            }
            used |= inside - {node.name}
    return used


def _rank(function: Function, used: set[str]) -> tuple[bool, bool]:
    name = function.name.rpartition(".")[2]
    return name in used or name.startswith("__"), function.owner is not None


def _is_hook(function: Function) -> bool:
    arguments = function.node.args
    needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return needed <= 1 and function.kind != "property"


def _receiver(machine: Interpreter, function: Function) -> Datum | None:
    """Return an object to run a method on: one that the script makes, else a new one."""
    owner = function.owner
    if not isinstance(owner, Class) or function.kind == "staticmethod":
        return None
    if function.kind == "classmethod":
        return owner
    known = _instance_of(machine, owner)
    if known is not None:
        return known
    machine.silent += 1
    made = instantiate(machine, owner, Arguments(), owner.site, overridable=True)
    machine.silent -= 1
    return made


def _instance_of(machine: Interpreter, owner: Class) -> Object | None:
    for one in machine.recorder.objects:
        if one.cls is not None and owner in one.cls.mro():
            return one
    return None


def _facts(machine: Interpreter, source: Source) -> Script:
    found = training_loops.find(machine)
    frames = snapshot.Frames(machine, counts.of_branches(machine, found))
    runs = counts.runs(machine)
    made_calls = snapshot.calls(machine, frames, runs)
    made_loops = snapshot.loops(machine, frames)
    training = training_loops.facts(machine, found)
    names = snapshot.globals_of(machine, configs.globals_of(machine, source, machine.activations[0].scope))
    horizons.find(machine)
    made_instances = snapshot.instances(machine)
    recorder = machine.recorder
    return Script(
        path=source.path,
        module=source.module,
        imports=tuple(name for name in recorder.imports if name),
        instances=made_instances,
        calls=made_calls,
        loops=made_loops,
        training_loops=training,
        reads=tuple(recorder.reads),
        read_with_numbers=tuple(recorder.read_with_numbers),
        environment=snapshot.environment(machine),
        problems=(*source.document.problems, *recorder.problems),
        globals=names,
        composed=tuple(recorder.composed),
        takes_options=machine.takes_options,
        observations=observations(machine, found),
    )
