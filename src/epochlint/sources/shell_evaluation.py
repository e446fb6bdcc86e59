"""Walking over the commands of a shell script and keeping track of variables, without running anything."""

from __future__ import annotations

from epochlint.sources.shell_arithmetic import assigned_in
from epochlint.sources.shell_builtins import BUILTINS, SILENT
from epochlint.sources.shell_names import ANY, names_assigned, source_of, tested_for_emptiness
from epochlint.sources.shell_state import Call, Emitted, OutOfFuel, Shell, State
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
from epochlint.sources.shell_values import (
    ABSENT,
    UNKNOWN,
    UNSET,
    Piece,
    Text,
    as_positional,
    joined_value,
    text_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from epochlint.sources.shell_tree import Node
    from epochlint.sources.shell_values import Field, Words

MAX_COMMANDS = 5_000
MAX_CALLS = 8
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh"})


class Evaluator(Shell):
    """Collects the commands of a script."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Emitted] = []
        self._prefix: tuple[tuple[Field, tuple[int, int]], ...] = ()

    def run(self, nodes: tuple[Node, ...]) -> None:
        """Walk over commands; past a limit of work the rest of the script is left unread."""
        try:
            self._all(nodes)
        except OutOfFuel:
            return

    # --- control flow ------------------------------------------------------------------------------------------------

    def _copy(self) -> State:
        self.burn(1 + len(self.state.variables.values) // 8)
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
            self.burn(1 + len(theirs) // 8)
            for name in values.keys() | theirs.keys():
                values[name] = joined_value(values.get(name, ABSENT), theirs.get(name, ABSENT))
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
        self.burn(1)
        if isinstance(node, Simple):
            self._simple(node)
        elif isinstance(node, Chain):
            self._chain(node)
        elif isinstance(node, Pipeline):
            for stage in node.stages:
                self._subshell((stage,))
            self.forget(names_assigned((node,), self.state.functions, self.burn) - {ANY})
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
                names_assigned([inner for body in node.bodies for inner in body], self.state.functions, self.burn)
            )

    def _loop(self, node: Loop) -> None:
        items = [field for word in node.items or () for field in self.expander.fields(word)]
        if len(items) == 1 and all(piece.known for piece in items[0]):
            pieces = tuple(items[0])
            self.assign(node.variable, Text(pieces, pieces[0].here if pieces else (0, 0)))
            before: list[State] = []  # a loop over one thing is no loop
        else:
            self.forget(names_assigned((node,), self.state.functions, self.burn))
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
        self.burn(len(words))
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
            raise OutOfFuel
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
        self.burn(len(environment))
        given = tuple([(name, value) for name, value in environment if isinstance(value, Text)])
        span = (node.start, node.end)
        self.commands.append(Emitted((*self._prefix, *words), span, given, self.state.folder))

    def _run_inner(self, node: Simple, before: Words, script: Field) -> None:
        """Walk over the script of `bash -c "…"`: its commands have the words before `bash` as theirs."""
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
        self.burn(1 + len(where) // 16)
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


def _script_in(words: Words) -> int | None:
    """Return the index of the script in `… bash -c SCRIPT`."""
    for index in range(len(words) - 2):
        program, option = text_of(words[index][0]), text_of(words[index + 1][0])
        if program and program.rpartition("/")[2] in _SHELLS and option and option[0] == "-" and "c" in option[1:4]:
            return index + 2
    return None
