"""What the script reader establishes about one script: objects, calls, loops, and how often each call runs.

These records are the contract between the abstract interpreter and everything after it. They are a snapshot: the
interpreter's own, mutable state never leaves the room.
"""

from __future__ import annotations

from epochlint.expressions.values import Value
from epochlint.places import Place
from epochlint.records import record
from epochlint.sources.documents import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


@record
class Number:
    """A scalar (number, text, boolean, None) with where it was written.

    `place` is where the value itself stands (the literal, the default of an argparse option, the line of a YAML file);
    None if nobody wrote it. `origin` is one of the contract's origins (literal, computed, declared-default, inherited,
    command, environment …). `overridable` marks what a command line or the environment may still change.

    `form` is the same value over the names it was made of, even where the number is known: after `N = 2000`, `N //
    BATCH` has
    the form `floor(N / BATCH)`, and `len(x_train)` the form of its own symbol in samples. Units and comparisons "by
    symbol"
    come from it. `python_type` is int, float, bool, str if Python's type is certain though the value may not be (`a /
    b`).
    """

    value: Value
    place: Place | None
    origin: str
    text: str = ""
    overridable: bool = False
    form: Value | None = None
    python_type: str = ""


@record
class Reference:
    """An object made by a call or a class; `Script.instances` has it under `id`."""

    id: int


@record
class Items:
    """A list, tuple or set display."""

    items: tuple[Thing, ...]
    place: Place


@record
class Table:
    """A mapping with text keys: a dict display, `dict(...)`, or a configuration read from a file."""

    entries: tuple[tuple[str, Thing], ...]
    place: Place


@record
class Routine:
    """A function, lambda or method of the repository, by qualified name, with the line it begins at."""

    name: str
    place: Place


@record
class Opaque:
    """A value that nothing is known about, with the source text of the expression and why it is not known."""

    text: str
    place: Place
    reason: str = ""


Thing: TypeAlias = "Number | Reference | Items | Table | Routine | Opaque"


@record
class Argument:
    """One argument of a call. `name` is the parameter; a positional one whose parameter is not known is "0", "1", ...

    `place` is the whole argument expression as written in the call (for `**options`, the entry in the mapping).
    """

    name: str
    thing: Thing
    place: Place
    text: str


@record
class Instance:
    """An object. `types` are dotted names, most derived first: a class of the repository, then library bases.

    `properties` are what the APIs' data or the class itself tell of it (`length`, `batch`, `samples`, `shape` …),
    and its attributes as far as they are known.
    """

    id: int
    types: tuple[str, ...]
    arguments: tuple[Argument, ...]
    place: Place
    properties: tuple[tuple[str, Thing], ...] = ()


@record
class LoopFrame:
    """The call stands inside this loop (`Script.loops` has it under `id`)."""

    id: int


@record
class BranchFrame:
    """The call runs only under a condition.

    kind: every    `counter % period == offset` (period, offset are values; `counter` names what is counted)
          first, last    only in the first or last round of the loop
          limit    a comparison of a counter with `value`: what stops or starts after a count
          rank     only in one of the processes
          flag     any other condition; `value` is its truth if known
    A disjunction such as `(i + 1) % k == 0 or i + 1 == len(loader)` has several `options`, each a frame.
    """

    kind: str
    text: str
    place: Place
    counter: str = ""
    period: Value | None = None
    offset: Value | None = None
    value: Value | None = None
    options: tuple[BranchFrame, ...] = ()
    counts: str = ""  # what the counter counts, where that is clear: micro-batches, steps, epochs


@record
class ContextFrame:
    """The call stands in `with callee(...)`, for instance `accelerator.accumulate(model)`."""

    callee: str
    receiver: int | None
    place: Place


Frame: TypeAlias = "LoopFrame | BranchFrame | ContextFrame"


@record
class Call:
    """A call that was reached, in the order of execution.

    `callee` is the dotted name with imports and aliases resolved; for a method, the class of the receiver and the
    method (`torch.optim.SGD.step`, `train.Net.fit`); of an unknown receiver, `?.method`. `frames` are the loops,
    branches and contexts around it, outermost first, through the functions that led to it. `runs` is how often the
    call happens in the whole run, where that can be told. `result` is the object it makes. `read` is true where what is
    called is code of the repository that was run as well, so that the calls in it are here too.
    """

    id: int
    callee: str
    callees: tuple[str, ...]  # the same for each base class of the receiver, most derived first
    arguments: tuple[Argument, ...]
    place: Place
    function: str
    frames: tuple[Frame, ...] = ()
    receiver: int | None = None
    result: int | None = None
    runs: Value | None = None
    read: bool = False


@record
class Loop:
    """A `for` or `while`. `iterations` counts its rounds (per round of the enclosing loop); `over` is what it
    iterates."""

    id: int
    place: Place
    kind: str  # range, items, while, endless
    iterations: Value
    over: Thing | None = None
    start: Value | None = None
    targets: tuple[str, ...] = ()
    exits: tuple[BranchFrame, ...] = ()  # conditions of `break` and `return` in it


@record
class SchedulerUse:
    """A scheduler object, with where it is stepped: per `step`, `micro-batch`, `epoch`, or `never`."""

    instance: int
    per: str
    place: Place | None
    ticks: Value
    before_optimizer: bool = False


@record
class Gradients:
    """What a training loop does to its gradients.

    cleared: "" where they are cleared as they should be; otherwise "every micro-batch" (also inside a window), "all
    but the
             last" (at the beginning of a window's last micro-batch), "before the step" (after the backward pass),
             "never"
    scaled:  False where the loss of a micro-batch is not divided by their number; None where that cannot be told
    """

    cleared: str = ""
    clear_place: Place | None = None
    backward_place: Place | None = None
    step_place: Place | None = None
    window_place: Place | None = None  # the condition or loop that decides when a step is made
    scaled: bool | None = None
    loss_divisions: int = 0  # how often the loss is divided by that number before the backward pass, at least
    hands_loss_over: bool = False  # `engine.backward(loss)`: what is called may scale the loss itself


@record
class TrainingLoop:
    """A hand-written loop nest in which an optimizer steps.

    `window` is the number of micro-batches per optimizer step, with `window_offset` the remainder it is tested for;
    `tail` says what becomes of an incomplete window at the end of a pass: step, discard, leak or carry.
    `step_limit` and `batch_limit` are other bounds of the run; None where there is none.
    """

    place: Place
    epochs: Number | None
    first_epoch: Value
    loader: Thing | None
    batches: Value
    optimizers: tuple[int, ...]
    window: Number | None
    window_offset: int
    tail: str
    schedulers: tuple[SchedulerUse, ...]
    step_limit: Number | None = None
    batch_limit: Number | None = None
    steps: Value | None = None
    micro_batches: Value | None = None
    gradients: Gradients = Gradients()
    stepless: bool = False  # gradients are computed, and the optimizer that is there never steps
    open_ended: str = ""  # why totals are upper bounds: early stopping, a wall clock, an unknown condition


@record
class Observation:
    """Something in a script that a rule may be about, whether or not a run is recognised: a test of a counter, an
    argument, a division. `values` and `places` are named as docs/facts.md lists them; `about` is the kind.
    """

    about: str
    place: Place
    values: tuple[tuple[str, Value], ...]
    places: tuple[tuple[str, Place], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


@record
class Script:
    """Everything established about one script."""

    path: str
    module: str
    imports: tuple[str, ...]  # top-level packages
    instances: tuple[Instance, ...]
    calls: tuple[Call, ...]
    loops: tuple[Loop, ...]
    training_loops: tuple[TrainingLoop, ...] = ()
    reads: tuple[tuple[str, Place], ...] = ()  # files of the repository it loads, with where it names them
    read_with_numbers: tuple[str, ...] = ()  # those of them that it reads so that `1e-4` is a number
    environment: tuple[tuple[str, Number], ...] = ()  # variables of the environment that it sets
    problems: tuple[Problem, ...] = ()
    # The global names of the script as they are in the end, without functions, classes and modules. A script with
    # `_base_` has the names of those files too, tables merged: a configuration written in Python.
    globals: Table | None = None
    composed: tuple[str, ...] = ()  # the files that the configurations are made of that it is handed
    takes_options: bool = False  # whether it declares options that a launch command may give
    observations: tuple[Observation, ...] = ()

    def instance(self, identity: int) -> Instance:
        return self.instances[identity]
