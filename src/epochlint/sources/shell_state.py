"""The state of a shell while a script is walked over: variables, functions, folder."""

from __future__ import annotations

from epochlint.records import record
from epochlint.sources.shell_expansion import Expander
from epochlint.sources.shell_values import (
    ABSENT,
    LONGEST_ARRAY,
    LONGEST_VALUE,
    UNKNOWN,
    UNSET,
    Array,
    Text,
    Variables,
    stands_for_many,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.sources.shell_tree import Assignment, Function, Simple
    from epochlint.sources.shell_values import Field, Value, Words

FUEL = 100_000


class OutOfFuel(Exception):
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


class Shell:
    """What the commands of the shell itself work on; `emit` and `nested` are the evaluation's."""

    def __init__(self) -> None:
        self.state = State()
        self.calls: list[Call] = [Call()]
        self.exits: list[list[State]] = []  # states in which the loops around are left
        self._fuel = FUEL
        self._volatile: set[str] = set()

    def emit(self, node: Simple, words: Words) -> None:
        """Add a command, or those of the script that it hands to another shell."""
        raise NotImplementedError

    def nested(self, script: Field) -> None:
        """Walk over a script that is the value of a word."""
        raise NotImplementedError

    def burn(self, amount: int) -> None:
        """Count work done; past the limit there is no more of it."""
        self._fuel -= amount
        if self._fuel < 0:
            raise OutOfFuel

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
        """Take every later value of a variable for unknown: of an integer, a reference, what it refers to."""
        self._volatile.add(name)

    def declare(self, name: str, is_local: bool, unusual: bool) -> None:
        """Note that `local` or `declare` names a variable."""
        if unusual:
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
        self.burn(1 + len(value.pieces) // 8 if isinstance(value, Text) else 1)
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
        self.burn(1 + len(items))
        self.assign(
            assignment.name, Array(tuple(items), countable) if clear and len(items) <= LONGEST_ARRAY else UNKNOWN
        )


def _appended(current: Value, value: Value) -> Value:
    """Return what `X+=value` gives."""
    if current is UNSET or not isinstance(value, Text):
        return value
    if not isinstance(current, Text):
        return UNKNOWN
    pieces = (*current.pieces, *value.pieces)
    return Text(pieces, value.span) if sum(len(piece.text) for piece in pieces) < LONGEST_VALUE else UNKNOWN
