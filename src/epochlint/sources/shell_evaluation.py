"""Walking over the commands of a shell script and keeping track of variables, without running anything."""

from __future__ import annotations

from epochlint.records import record
from epochlint.sources.shell_arithmetic import assigned_in
from epochlint.sources.shell_builtins import BUILTINS, SILENT, as_positional, stands_for_many, text_of
from epochlint.sources.shell_expansion import (
    ABSENT,
    LONGEST_ARRAY,
    UNKNOWN,
    UNSET,
    Array,
    Expander,
    Piece,
    Text,
    Variables,
    same,
)
from epochlint.sources.shell_names import ANY, names_assigned, source_of, tested_for_emptiness
from epochlint.sources.shell_syntax import Parser
from epochlint.sources.shell_tree import (
    Branches,
    Calculation,
    Cases,
    Chain,
    Function,
    Group,
    Literal,
    Loop,
    Pipeline,
    Simple,
    Subshell,
    Test,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from epochlint.sources.shell_builtins import Words
    from epochlint.sources.shell_expansion import Field, Value
    from epochlint.sources.shell_tree import Assignment, Node

FUEL = 100_000
MAX_COMMANDS = 5_000
MAX_CALLS = 8
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh"})


class _OutOfFuel(Exception):
    """A script asks for more work than any that people write."""


@record
class Emitted:
    """A command as the evaluation found it: the pieces of its words, each with the span of the word they come from."""

    words: tuple[tuple[Field, tuple[int, int]], ...]
    span: tuple[int, int]
    environment: tuple[tuple[str, Text], ...]
    folder: str | None


class State:
    """What is known at one point of a script. `dead` if that point is never reached."""

    def __init__(self) -> None:
        self.variables = Variables()
        self.functions: dict[str, Function] = {}
        self.folder: str | None = ""
        self.dead = False
        self.export_all = False

    def copy(self) -> State:
        other = State()
        other.variables = self.variables.copy()
        other.functions = dict(self.functions)
        other.folder = self.folder
        other.dead = self.dead
        other.export_all = self.export_all
        return other


class Call:
    """A function, a subshell, or the whole script, that is being walked over."""

    def __init__(self) -> None:
        self.returns: list[State] = []
        self.locals: dict[str, Value] = {}


class Evaluator:
    """Collects the commands of a script."""

    def __init__(self) -> None:
        self.commands: list[Emitted] = []
        self.state = State()
        self.calls: list[Call] = [Call()]
        self.exits: list[list[State]] = []  # states in which the loops around are left
        self._fuel = FUEL
        self._volatile: set[str] = set()
        self._prefix: tuple[tuple[Field, tuple[int, int]], ...] = ()

    def run(self, nodes: tuple[Node, ...]) -> None:
        """Walk over commands; past a limit of work the rest of the script is left unread."""
        try:
            self._all(nodes)
        except _OutOfFuel:
            return

    # --- variables ---------------------------------------------------------------------------------------------------

    @property
    def expander(self) -> Expander:
        return Expander(self.state.variables)

    def assign(self, name: str, value: Value) -> None:
        self.expander.assign(name, UNKNOWN if name in self._volatile else value)
        if self.state.export_all and name:
            self.state.variables.exported[name] = None

    def forget(self, names: Iterable[str]) -> None:
        """Take what some variables hold for unknown; the name `ANY` stands for all."""
        for name in names:
            self.assign(name, UNKNOWN)

    def make_volatile(self, name: str) -> None:
        """Take every later value of a variable for unknown: an integer, a reference, a constant."""
        self._volatile.add(name)

    def declare(self, name: str, is_local: bool, unusual: bool) -> None:
        """Note that `local` or `declare` names a variable."""
        if unusual:
            value = self.state.variables.get(name)
            if isinstance(value, Text):
                self.assign(value.text, UNKNOWN)  # a reference may change what its value names
            self.make_volatile(name)
        if is_local:
            self.calls[-1].locals.setdefault(name, self.state.variables.values.get(name, ABSENT))

    def assignment(self, assignment: Assignment) -> None:
        """Do one assignment."""
        name = assignment.name
        current = self.state.variables.get(name)
        if assignment.items is not None:
            self._array_assignment(assignment, current)
            return
        start = assignment.value.start if assignment.value else 0
        value: Value = self.expander.value(assignment.value, start)
        if assignment.index or isinstance(current, Array):
            value = UNKNOWN  # one element of an array
        elif assignment.append:
            value = _appended(current, value)
        self._burn(1 + len(value.pieces) // 8 if isinstance(value, Text) else 1)
        self.assign(name, value)

    def _array_assignment(self, assignment: Assignment, current: Value) -> None:
        items: list[Text] = []
        countable = True
        for word in assignment.items or ():
            for field in self.expander.fields(word):
                countable = countable and all(
                    piece.known or (piece.quoted and not stands_for_many(piece)) for piece in field
                )
                items.append(Text(tuple(field), (word.start, word.end)))
        if assignment.append:
            current = Array(()) if current is UNSET else current
            if isinstance(current, Array):
                items, countable = [*current.items, *items], countable and current.countable
        clear = (isinstance(current, Array) or not assignment.append) and not assignment.keyed
        self._burn(1 + len(items))
        self.assign(
            assignment.name, Array(tuple(items), countable) if clear and len(items) <= LONGEST_ARRAY else UNKNOWN
        )

    # --- control flow ------------------------------------------------------------------------------------------------

    def _burn(self, amount: int) -> None:
        self._fuel -= amount
        if self._fuel < 0:
            raise _OutOfFuel

    def _copy(self) -> State:
        self._burn(1 + len(self.state.variables.values) // 8)
        return self.state.copy()

    def _after(self, work: Callable[[], None]) -> State:
        """Return the state in which some work leaves a copy of the current state, which stays as it is."""
        before, self.state = self.state, self._copy()
        work()
        after, self.state = self.state, before
        return after

    def _joined(self, states: Iterable[State]) -> State:
        """Return what is known where several ways come together; a dead state if none arrives."""
        alive = [state for state in states if not state.dead]
        if not alive:
            dead = State()
            dead.dead = True
            return dead
        joined = alive[0].copy()
        values, variables = joined.variables.values, joined.variables
        for other in alive[1:]:
            theirs = other.variables.values
            self._burn(1 + len(theirs) // 8)
            for name in values.keys() | theirs.keys():
                if not same(values.get(name, ABSENT), theirs.get(name, ABSENT)):
                    values[name] = UNKNOWN
            variables.exported.update(other.variables.exported)
            variables.default_splitting &= other.variables.default_splitting
            if variables.positional is not other.variables.positional:
                variables.positional = UNKNOWN
            joined.functions.update(other.functions)
            joined.folder = joined.folder if joined.folder == other.folder else None
        return joined

    def _all(self, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            if self.state.dead:
                return
            self._node(node)

    def _node(self, node: Node) -> None:
        self._burn(1)
        if isinstance(node, Simple):
            self._simple(node)
        elif isinstance(node, Chain):
            self._chain(node)
        elif isinstance(node, Pipeline):
            for stage in node.stages:
                self._subshell((stage,))
            self.forget(names_assigned((node,), self.state.functions, self._burn) - {ANY})
        elif isinstance(node, Subshell):
            self._subshell(node.body)
        elif isinstance(node, Group):
            self._all(node.body)
        elif isinstance(node, Branches):
            self._if(node)
        elif isinstance(node, Cases):
            self._case(node)
        elif isinstance(node, Loop):
            self._loop(node)
        elif isinstance(node, Function):
            self.state.functions[node.name] = node
        elif isinstance(node, Calculation):
            self._calculation(node)
        elif isinstance(node, Test):
            for word in node.words:
                self.expander.fields(word)  # `[[ ${X:=8} … ]]` sets X

    def _subshell(self, body: tuple[Node, ...]) -> None:
        self.calls.append(Call())
        self._after(lambda: self._all(body))
        self.calls.pop()

    def _chain(self, node: Chain) -> None:
        self._node(node.first)
        previous: Node = node.first
        sure = True
        for operator, following in node.rest:
            if self.state.dead and operator == "&&":
                return
            sure = sure and operator == "&&" and isinstance(previous, Simple) and not previous.words
            if sure:
                self._node(following)
            else:
                tested = tested_for_emptiness((previous,))
                name = tested[0] if tested and (operator == "&&") == tested[1] else ""
                self._conditional(name, (following,))
            previous = following

    def _conditional(self, if_empty: str, body: tuple[Node, ...]) -> None:
        """Do what happens only under a condition; `if_empty` names a variable whose being empty is that condition."""
        value = self.state.variables.get(if_empty) if if_empty else UNKNOWN
        if value is UNSET or (isinstance(value, Text) and value.known):
            if not isinstance(value, Text) or value.text == "":
                self._all(body)
            return
        after = self._after(lambda: self._all(body))
        self.state = self._joined([self.state, after])
        default = after.variables.get(if_empty) if value is ABSENT and not after.dead else UNKNOWN
        if isinstance(default, Text) and default.known:
            # `[ -z "$X" ] && X=8` gives a default, as `X=${X:-8}` does.
            pieces = [Piece(p.text, True, p.quoted, True, p.origin, p.used, p.here, p.exact) for p in default.pieces]
            self.assign(if_empty, Text(tuple(pieces), default.span))

    def _if(self, node: Branches) -> None:
        if len(node.branches) == 1 and node.otherwise is None:
            condition, body = node.branches[0]
            self._all(condition)
            tested = tested_for_emptiness(condition)
            if not self.state.dead:
                self._conditional(tested[0] if tested and tested[1] else "", body)
            return
        ends: list[State] = []
        for condition, body in node.branches:
            self._all(condition)
            if not self.state.dead:
                ends.append(self._after_all(body))
        self._all(node.otherwise or ())
        self.state = self._joined([*ends, self.state])

    def _after_all(self, body: tuple[Node, ...]) -> State:
        return self._after(lambda: self._all(body))

    def _case(self, node: Cases) -> None:
        if node.word is not None:
            self.expander.fields(node.word)
        ends = [self._after_all(body) for body in node.bodies]
        if not node.exhaustive or not ends:
            ends.append(self.state)
        self.state = self._joined(ends)
        if node.falls:
            self.forget(
                names_assigned([inner for body in node.bodies for inner in body], self.state.functions, self._burn)
            )

    def _loop(self, node: Loop) -> None:
        items = [field for word in node.items or () for field in self.expander.fields(word)]
        if len(items) == 1 and all(piece.known for piece in items[0]):
            pieces = tuple(items[0])
            self.assign(node.variable, Text(pieces, pieces[0].here if pieces else (0, 0)))
            before: list[State] = []  # a loop over one thing is no loop
        else:
            self.forget(names_assigned((node,), self.state.functions, self._burn))
            before = [self._copy()]
        self.exits.append([])
        self._all((*node.condition, *node.body))
        self.state = self._joined([*before, self.state, *self.exits.pop()])

    def _calculation(self, node: Calculation) -> None:
        name, _, expression = source_of(node.parts).partition("=")
        name = name.strip()
        if name.isidentifier() and expression[:1] != "=" and not assigned_in(expression) and len(node.parts) == 1:
            first = node.parts[0]
            span = (first.start, first.end)
            result = self.expander.calculate((Literal(expression, first.start, first.end, True),))
            self.assign(
                name,
                Text((Piece(str(result[0]), True, True, result[1], span, span, span),), span) if result else UNKNOWN,
            )
        else:
            self.forget(assigned_in(source_of(node.parts)))
            self.expander.calculate(node.parts)

    # --- simple commands ---------------------------------------------------------------------------------------------

    def _simple(self, node: Simple) -> None:
        if not node.words:
            for assignment in node.assignments:
                self.assignment(assignment)
            return
        words: Words = []
        for word in node.words:
            words.extend([(field, (word.start, word.end)) for field in self.expander.fields(word)])
        if not words:
            return
        self._burn(len(words))
        program = text_of(words[0][0])
        if program in self.state.functions:
            self._call(self.state.functions[program], words[1:])
        elif program in BUILTINS:
            BUILTINS[program](self, node, words)
        elif program not in SILENT:
            self.emit(node, words)

    def emit(self, node: Simple, words: Words) -> None:
        """Add a command, or those of the script that it hands to another shell."""
        if len(self.commands) >= MAX_COMMANDS:
            raise _OutOfFuel
        script = _script_in(words)
        if script is not None:
            self._run_inner(node, words[: script - 2], words[script][0])
            return
        environment = [(name, self.state.variables.get(name)) for name in self.state.variables.exported]
        if node.assignments:
            before, self.state = self.state, self._copy()
            for assignment in node.assignments:
                self.assignment(assignment)
                environment.append((assignment.name, self.state.variables.get(assignment.name)))
            self.state = before
        self._burn(len(environment))
        given = tuple([(name, value) for name, value in environment if isinstance(value, Text)])
        span = (node.start, node.end)
        self.commands.append(Emitted((*self._prefix, *words), span, given, self.state.folder))

    def _run_inner(self, node: Simple, before: Words, script: Field) -> None:
        """Walk over the script of `srun bash -c "…"`: its commands have the words before it as theirs."""
        outer, prefix = self.state, self._prefix
        self.state = self._copy()
        variables = self.state.variables
        for assignment in node.assignments:
            self.assignment(assignment)
            variables.exported[assignment.name] = None
        variables.values = {name: variables.values[name] for name in variables.exported if name in variables.values}
        variables.positional = UNKNOWN
        self.state.functions = {}
        self._prefix = (*prefix, *before)
        self.calls.append(Call())
        self.nested(script)
        self.calls.pop()
        self.state, self._prefix = outer, prefix

    def nested(self, script: Field) -> None:
        """Walk over a script that is the value of a word."""
        if len(self.calls) > MAX_CALLS:
            self.expander.forget_all()
            return
        where: list[int] = []
        for piece in script:
            start, end = piece.origin
            exact = len(piece.text) == end - start
            where.extend([start + index if exact else start for index in range(len(piece.text))])
        where.append(script[-1].origin[1] if script else 0)
        self._burn(1 + len(where) // 16)
        self.calls.append(Call())
        self._all(Parser("".join([piece.text for piece in script]), where).parse())
        self.calls.pop()

    def _call(self, function: Function, arguments: Words) -> None:
        """Walk over the body of a function with its arguments."""
        if len(self.calls) > MAX_CALLS:
            self.expander.forget_all()
            return
        before = self.state.variables.positional
        self.state.variables.positional = as_positional(arguments)
        exits, self.exits = self.exits, []
        call = Call()
        self.calls.append(call)
        self._all(function.body)
        self.calls.pop()
        self.exits = exits
        if call.returns:
            self.state = self._joined([self.state, *call.returns])
        variables = self.state.variables
        variables.positional = before
        for name, value in call.locals.items():
            if value is ABSENT:
                variables.values.pop(name, None)
            else:
                variables.values[name] = value


def _appended(current: Value, value: Value) -> Value:
    """Return what `X+=value` gives."""
    if current is UNSET or not isinstance(value, Text):
        return value
    if not isinstance(current, Text):
        return UNKNOWN
    pieces = (*current.pieces, *value.pieces)
    return Text(pieces, value.span) if sum(len(piece.text) for piece in pieces) < 65_536 else UNKNOWN


def _script_in(words: Words) -> int | None:
    """Return the index of the script in `… bash -c SCRIPT`."""
    for index in range(len(words) - 2):
        program, option = text_of(words[index][0]), text_of(words[index + 1][0])
        if program and program.rpartition("/")[2] in _SHELLS and option and option[0] == "-" and "c" in option[1:4]:
            return index + 2
    return None
