"""The abstract machine: the state of one interpretation, its limits, and the dispatch over Python's syntax.

Everything is bounded: a file and each function have fuel, and syntax and calls may nest only so deep. What is beyond is
unknown, and one problem says that the analysis gave up.
"""

from __future__ import annotations

import _ast as ast

from epochlint.places import Span
from epochlint.scripts.callables import Function
from epochlint.scripts.containers import Sequence
from epochlint.scripts.recording import MOST_CALLS, Branch, InLoop, Operation, Recorder
from epochlint.scripts.symbolic import take_cost
from epochlint.scripts.symbols import Symbols
from epochlint.scripts.syntax import assigned_in
from epochlint.scripts.things import Datum, Object, Opaque, OwnSlots
from epochlint.scripts.trail import Trail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from epochlint.scripts.apis import ApiTable
    from epochlint.scripts.callables import Class, Module
    from epochlint.scripts.command_line import CommandLine
    from epochlint.scripts.facts import Thing
    from epochlint.scripts.recording import Frames, Loop
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site, Source
    from epochlint.scripts.things import Scalar, Slots
    from epochlint.scripts.trail import Writes
    from epochlint.sources.documents import Document

    OpenDocument = Callable[[str, str], Document | None]

# One unit of fuel is one expression or statement run once, about ten microseconds.
FILE_FUEL = 100_000
FUNCTION_FUEL = 50_000
DEEPEST_SYNTAX = 200
DEEPEST_CALLS = 9
DEEPEST_IMPORTS = 4
MOST_MODULES = 40


class Activation:
    """A call of a function of the repository while it runs, or the running of a module.

    `exits` are the returns so far, `shadow` is set where code is looked at that is not reached.
    """

    __slots__ = (
        "delegates",
        "exits",
        "frames",
        "function",
        "generator",
        "loops",
        "mark",
        "name",
        "scope",
        "shadow",
        "source",
        "unstable",
        "yielded",
    )

    def __init__(
        self, name: str, scope: Scope, source: Source, mark: int, frames: Frames, function: Function | None
    ) -> None:
        self.name = name
        self.scope = scope
        self.source = source
        self.mark = mark
        self.frames = frames
        self.function = function
        self.exits: list[Exit] = []
        self.loops: list[Round] = []
        self.yielded: list[tuple[Datum, Frames]] = []
        self.delegates = False  # by `yield from`
        # By loop, what its body was found to change, and what of it also changes its kind: when a loop around it runs
        # its body again, that need not be found anew.
        self.unstable: dict[int, tuple[dict[tuple[int, Any], tuple[Slots, Any]], set[tuple[int, Any]]]] = {}
        self.shadow: tuple[int, int] | None = None  # from here on nothing counts but the calls: it has returned


class Exit:
    """A return: everything written in the function so far, the value, and the frames inside the function."""

    __slots__ = ("frames", "mark", "value", "writes")

    def __init__(self, writes: Writes, value: Datum, frames: Frames, mark: int) -> None:
        self.writes = writes
        self.value = value
        self.frames = frames
        self.mark = mark

    @property
    def when(self) -> str:
        """Return, in words, the conditions that lead here."""
        decisions = [frame.decision for frame in self.frames if isinstance(frame, Branch)]
        return " and ".join(decision() for decision in decisions if decision is not None)


class Round:
    """The one round of a loop's body that is run. `breaks` and `continues` are what was written when they were
    reached."""

    __slots__ = ("born", "breaks", "continues", "depth", "loop", "mark")

    def __init__(self, loop: Loop, mark: int, depth: int) -> None:
        self.loop = loop
        self.mark = mark
        self.born = OwnSlots().born  # what is younger was made in the round: it is another one in the next
        self.depth = depth  # how many frames are around the body
        self.breaks: list[Writes] = []
        self.continues: list[Writes] = []


class Machine:
    """The state of one interpretation."""

    evaluators: Mapping[type, Callable[[Any, Any, Scope], Datum]]
    executors: Mapping[type, Callable[[Any, Any, Scope], bool]]

    def call(self, callee: Datum, site: Site, positional: list[Datum] | None = None) -> Datum:
        """Call a thing with arguments that no call in the source passes."""
        raise NotImplementedError

    def frozen(self, datum: Datum) -> Thing:
        """Return a thing as a fact, as it is now."""
        raise NotImplementedError

    def __init__(self, apis: ApiTable, open_document: OpenDocument, command: CommandLine | None = None) -> None:
        self.command = command  # what launches the script, if it is read as one command launches it
        self.config_folder: tuple[str, str] | None = None  # where it composes configurations, and the file beside it
        self.takes_options = False  # whether it has options that a command may give
        self.apis = apis
        self.open_document = open_document
        self.trail = Trail()
        self.symbols = Symbols()
        self.recorder = Recorder()
        self.frames: Frames = ()
        self.activations: list[Activation] = []
        self.fuel = FILE_FUEL
        self.floor = 0
        self.depth = 0
        self.raised = False
        self.silent = 0
        # while a rate of the script's own is looked at (see `horizons`): what is computed in it
        self.watched: list[tuple[str, Scalar, Scalar | None]] | None = None
        self.guards: tuple[
            Branch, ...
        ] = ()  # conditions under which the rest of the block runs, after `if …: continue`
        self.modules: dict[str, Module | None] = {}
        self.importing: list[str] = []
        self.memo: dict[Any, Any] = {}
        self.assigned: dict[int, Any] = {}
        self.functions: list[Function] = []
        self.called: set[int] = set()  # functions by the identity of their syntax
        self.main: Source | None = None
        self.counters: dict[tuple[int, Any], Any] = {}
        self.owners: dict[int, Any] = {}
        self.globals_kept: list[Any] = []
        self.opened: dict[tuple[str, str], Document | None] = {}
        self.options: dict[Any, Any] = {}  # of parsers, by the key of the number that is the default
        self.shared: dict[Any, Datum] = {}  # things there is one of: variables of the environment
        self.gave_up = False  # somewhere: that something never happens is not known then
        self.loads = 0  # files interpreted so far
        self.configuration: Document | None = None  # the file that the command line names

    # --- running ------------------------------------------------------------------------------------------------------

    def evaluate(self, node: ast.expr, scope: Scope) -> Datum:
        """Return what an expression evaluates to; unknown where fuel or depth are used up."""
        self.fuel -= 1
        if self.fuel <= self.floor or self.depth > DEEPEST_SYNTAX:
            self.give_up(node, scope)
            return Opaque((scope.source, node), "the analysis gave up")
        evaluator = self.evaluators.get(type(node))
        if evaluator is None:
            return Opaque((scope.source, node))
        self.depth += 1
        try:
            return evaluator(self, node, scope)
        finally:
            self.depth -= 1

    def execute(self, body: list[ast.stmt], scope: Scope) -> bool:
        """Run statements in order; return whether the end was reached (no return, break, continue or raise before
        it)."""
        outer_frames = self.frames
        guards: tuple[Branch, ...] = ()
        self.depth += 1
        for statement in body:
            self.fuel -= 1
            if self.fuel <= self.floor or self.depth > DEEPEST_SYNTAX:
                self.give_up(statement, scope)
                if self.depth > DEEPEST_SYNTAX:
                    self.forget([statement], scope)
                    continue
            executor = self.executors.get(type(statement))
            if executor is None:
                continue
            goes_on = executor(self, statement, scope)
            self.fuel -= take_cost()
            if self.raised:
                goes_on = self.raised = False
            if not goes_on:
                self.frames = outer_frames
                self.guards = ()
                self.depth -= 1
                return False
            if self.guards:
                guards = (*guards, *self.guards)
                self.frames = (*self.frames, *self.guards)
                self.guards = ()
        self.frames = outer_frames
        self.guards = guards
        self.depth -= 1
        return True

    def forget(self, body: list[ast.stmt], scope: Scope) -> None:
        """Take every name that statements assign as unknown, where they cannot be run."""
        for name in sorted(assigned_in(body).names):
            scope.store(name, Opaque((scope.source, body[0]), "the analysis gave up"), self.trail)

    def give_up(self, node: ast.AST, scope: Scope) -> None:
        """Note that what follows is not run; what is only passed over costs nothing."""
        self.fuel = max(self.fuel, self.floor)
        self.gave_up = True
        for frame in self.frames:
            if isinstance(frame, InLoop):
                frame.loop.cut_short = True
        what = "is nested too deep" if self.depth > DEEPEST_SYNTAX else "is too much to follow"
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        where, span = "what begins here", Span(line, column, line, column)
        if self.main is not None and scope.source.path != self.main.path:
            where, span = f"{scope.source.path}, from line {line} on,", Span(1, 1, 1, 1)
        self.recorder.problem("analysis-gave-up", f"{where} {what}: its values are taken as unknown", span)

    @property
    def exhausted(self) -> bool:
        return self.fuel <= self.floor

    # --- calls --------------------------------------------------------------------------------------------------------

    @property
    def activation(self) -> Activation:
        return self.activations[-1]

    @property
    def function_name(self) -> str:
        """Return the qualified name of the function that runs, empty for a module."""
        for activation in reversed(self.activations):
            if activation.function is not None:
                return activation.name
            break
        return ""

    @property
    def recording(self) -> bool:
        return not self.silent and len(self.recorder.calls) < MOST_CALLS

    def note_operation(self, kind: str, site: Site, operands: tuple[Scalar, ...], result: Scalar | None = None) -> None:
        """Write down that something is computed that rules may be about."""
        if not self.silent and len(self.recorder.operations) < MOST_CALLS:
            self.recorder.operations.append(Operation(kind, site, self.frames, operands, result))

    def new_object(self, types: tuple[str, ...], site: Site, cls: Class | None = None) -> Object:
        made = Object(len(self.recorder.objects), types, site, cls)
        self.recorder.objects.append(made)
        return made

    def tuple_of(self, items: tuple[Datum, ...], site: Site) -> Sequence:
        return Sequence("tuple", items, site)


def line_of(site: Site) -> int:
    """Return the line of a site, 0 if it has none."""
    if isinstance(site, tuple):
        return getattr(site[1], "lineno", 0)
    return site.line if site is not None else 0
