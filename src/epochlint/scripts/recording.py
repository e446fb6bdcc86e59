"""What is written down while a script is interpreted: calls, loops, objects, and how counters are counted up."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Value
from epochlint.scripts.operators import negation
from epochlint.scripts.sites import text_of
from epochlint.sources.documents import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from epochlint.places import Place, Span
    from epochlint.scripts.callables import Class
    from epochlint.scripts.facts import Thing
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Datum, Object, Passed, Scalar, Slots

    Frame: TypeAlias = "InLoop | Branch | Context"
    Frames: TypeAlias = "tuple[Frame, ...]"

# More calls than this nobody reads; a script that makes them is not followed further.
MOST_CALLS = 20_000


class Counter:
    """A variable that loops change.

    `name` is its source text, `start` what it held before the outermost of these loops, `frames` are around that loop,
    `where` are the slots that hold it, and its key there.
    """

    __slots__ = ("frames", "name", "site", "start", "where")

    def __init__(self, name: str, site: Site, start: Scalar | None, frames: Frames, where: tuple[Slots, Any]) -> None:
        self.name = name
        self.site = site
        self.start = start
        self.frames = frames
        self.where = where


class Leaving:
    """A `break` or `return` that leaves a loop: the conditions between the loop and it, and its moment in a round.

    `ahead` says of each condition on a counter how much more it compares than the counter then is. A `return` leaves
    several loops at one moment.
    """

    __slots__ = ("ahead", "conditions", "moment")

    def __init__(self, conditions: tuple[Branch, ...], ahead: tuple[int | None, ...], moment: int) -> None:
        self.conditions = conditions
        self.ahead = ahead
        self.moment = moment


class Loop:
    """A `for` or `while` while it is being run, and after; `exits` are the ways in which it is left."""

    __slots__ = (
        "always_breaks",
        "begun",
        "closed",
        "counter",
        "cut_short",
        "exits",
        "frames",
        "function",
        "id",
        "iterations",
        "kind",
        "length",
        "over",
        "site",
        "start",
        "target",
        "targets",
        "test",
        "test_ahead",
        "token",
        "variant",
    )

    def __init__(self, identity: int, kind: str, site: Site, function: str, frames: Frames) -> None:
        self.id = identity
        self.kind = kind
        self.site = site
        self.function = function
        self.frames = frames  # around the loop
        self.iterations: Value = UNKNOWN
        self.length: Scalar | None = None  # the same with how it was made
        self.over: Datum | None = None
        self.start: Value = UNKNOWN
        self.target: Site = None
        self.targets: tuple[str, ...] = ()
        self.exits: list[Leaving] = []
        self.counter: Scalar | None = None
        self.always_breaks = False
        self.cut_short = False  # the analysis gave up inside: what else happens there is not known
        self.begun: dict[int, Scalar] = {}  # by identity of a counter as it is in the loop: what it was before
        self.test: tuple[Branch, ...] = ()  # what ends a `while`
        self.test_ahead: tuple[int | None, ...] = ()  # as in `Leaving`
        self.closed = False  # the rounds of a `while` follow from its test
        self.token: object = self  # stands for this run of the loop, also when its body has to be run again
        self.variant: set[str] = set()  # symbols of what changes from round to round


class InLoop:
    """The frame of a loop."""

    __slots__ = ("loop",)

    def __init__(self, loop: Loop) -> None:
        self.loop = loop


class Branch:
    """A condition under which something runs; see `facts.BranchFrame` for the kinds.

    Its text is that of its place (its opposite, if not `positive`) unless it is given another.
    """

    __slots__ = (
        "_text", "alternative", "counter", "decision", "held", "kind", "limit", "offset", "options", "period",
        "positive", "remainder",
        "sign", "site", "test",
    )  # fmt: skip

    def __init__(self, kind: str, text: str, site: Site, test: Datum | None = None, positive: bool = True) -> None:
        self.kind = kind
        self._text = text
        self.site = site
        self.test = test
        self.positive = positive
        self.counter: Datum | None = None
        self.offset = 0  # what is added to the counter before it is tested
        self.period: Scalar | None = None
        self.remainder: Scalar | None = None
        self.limit: Scalar | None = None
        self.sign = ""  # of the comparison with the limit, the counter on the left
        self.decision: Callable[[], str] | None = None  # the text by which alternatives name it; no other has the same
        self.alternative = False  # it tells one of a few objects from the others, of which one is always meant
        self.held: bool | None = None
        self.options: tuple[Branch, ...] = ()

    @property
    def text(self) -> str:
        if not self._text:
            text = text_of(self.site) or (self.test.text if self.test is not None else "")
            self._text = text if self.positive else negation(text)
        return self._text


class Context:
    """The frame of a `with`. `window` and `tail` are what the API says of a context that accumulates gradients."""

    __slots__ = ("callee", "receiver", "role", "site", "tail", "window")

    def __init__(self, callee: str, receiver: Object | None, site: Site) -> None:
        self.callee = callee
        self.receiver = receiver
        self.site = site
        self.role = ""
        self.window: Datum | None = None
        self.tail = ""


class Call:
    """A call that was reached."""

    __slots__ = (
        "callee",
        "callees",
        "frames",
        "frozen",
        "function",
        "id",
        "moment",
        "passed",
        "read",
        "receiver",
        "receiver_name",
        "result",
        "role",
        "site",
    )

    def __init__(
        self, identity: int, callee: str, callees: tuple[str, ...], site: Site, function: str, frames: Frames
    ) -> None:
        self.id = identity
        self.callee = callee
        self.callees = callees
        self.site = site
        self.function = function
        self.frames = frames
        self.moment = 0  # when it is reached in a round
        self.frozen: dict[str, Thing] | None = None  # arguments that can change, as they were
        self.passed: tuple[Passed, ...] = ()
        self.receiver: Object | None = None
        self.receiver_name = ""
        self.result: Object | None = None
        self.role = ""
        self.read = False  # what is called stands in the repository and is run as well


class Change:
    """A counter is counted up by an amount, or set anew (`amount` None), at this point of the script."""

    __slots__ = ("amount", "counter", "frames", "moment", "value")

    def __init__(
        self, counter: Counter, frames: Frames, moment: int, amount: Scalar | None, value: Scalar | None
    ) -> None:
        self.counter = counter
        self.frames = frames
        self.moment = moment
        self.amount = amount
        self.value = value


class Operation:
    """Something computed that rules may be about: `range` of a float, a `ceil` of a floor division, a quotient."""

    __slots__ = ("frames", "kind", "operands", "result", "site")

    def __init__(
        self, kind: str, site: Site, frames: Frames, operands: tuple[Scalar, ...], result: Scalar | None
    ) -> None:
        self.kind = kind
        self.site = site
        self.frames = frames
        self.operands = operands
        self.result = result


class Recorder:
    """Everything written down so far; a stretch that has to be run again is taken back with `rollback`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.loops: list[Loop] = []
        self.objects: list[Object] = []
        self.changes: list[Change] = []
        self.operations: list[Operation] = []
        self.reads: dict[tuple[str, Place], None] = {}
        self.read_with_numbers: dict[str, None] = {}  # by readers to which `1e-4` is a number
        self.composed: dict[str, None] = {}  # the files that composed configurations are made of
        self.imports: dict[str, None] = {}
        self.classes: list[Class] = []
        self.problems: list[Problem] = []
        self._moments = 0

    def moment(self) -> int:
        """Return a number that is greater than all before: it tells what comes after what in a round of a loop."""
        self._moments += 1
        return self._moments

    @property
    def mark(self) -> tuple[int, int, int, int]:
        return len(self.calls), len(self.loops), len(self.objects), len(self.changes)

    def rollback(self, mark: tuple[int, int, int, int], operations: int) -> None:
        calls, loops, objects, changes = mark
        del self.calls[calls:]
        del self.loops[loops:]
        del self.objects[objects:]
        del self.changes[changes:]
        del self.operations[operations:]
        for cls in self.classes:
            if cls.instantiated is not None and cls.instantiated.id >= objects:
                cls.instantiated = None

    def problem(self, name: str, message: str, span: Span) -> None:
        if not any(problem.name == name for problem in self.problems):
            self.problems.append(Problem(name, message, span, False))
