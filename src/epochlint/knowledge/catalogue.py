"""The frozen catalogue: frameworks, schedules, APIs and launchers as the engine uses them; rules are in `rule`.

Formulas and conditions arrive parsed (`Expression`), with their source text for messages and derivations.
"""

from __future__ import annotations

from epochlint.expressions.language import Expression
from epochlint.expressions.units import Unit
from epochlint.expressions.values import Scalar
from epochlint.records import derived, record

Versions = tuple[tuple[str, str], ...]  # (package, specifier), such as (("lib", ">=4.52"),)
# (path of an argument, names): it is of one of these classes, or a function in which one of these is called
Where = tuple[tuple[str, tuple[str, ...]], ...]


# --- options ---------------------------------------------------------------------------------------------------------


@record
class Option:
    """One option of a framework: what values it takes and what it means.

    `name` is dotted where the option belongs to an object (`optimizer.clipnorm`). `types` are JSON Schema type names;
    `coerces` are types the framework converts by itself (a text to a number). `unset` lists values that mean "not
    given". `default` counts only if `has_default`. `reads` names the framework whose file the option points at. What an
    option is `about` is the quantity that it is a part of, or states in another unit. A `steady` option is there in
    every release, and what differs is only which values it takes.
    """

    name: str
    types: tuple[str, ...] = ()
    quantity: str = ""
    about: str = ""
    unit: Unit | None = None
    has_default: bool = False
    default: Scalar = None
    unset: tuple[Scalar, ...] = ()
    aliases: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Scalar, ...] = ()
    coerces: tuple[str, ...] = ()
    versions: Versions = ()
    renamed_to: str = ""
    reads: str = ""
    units: tuple[tuple[str, str], ...] = ()  # a duration's suffix: quantity
    bare: str = ""  # what a duration without a suffix counts
    steady: bool = False
    description: str = ""


@record
class Signature:
    """How the anchor of a run is recognised.

    `calls` are dotted names: root package and last part must match, whatever stands between (re-exports). A method is
    `package.Class.method`. `keys_all` and `keys_any` are keys of a mapping (dotted), `root` the path of the mapping
    that holds the options. `arguments_any` asks for at least one of these arguments where the receiver is not known.
    """

    calls: tuple[str, ...] = ()
    arguments_any: tuple[str, ...] = ()
    imports_any: tuple[str, ...] = ()
    keys_all: tuple[str, ...] = ()
    keys_any: tuple[str, ...] = ()
    keys_none: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # document kinds of a key signature; empty: yaml, json, toml
    root: str = ""
    positional: tuple[str, ...] = ()
    strict: bool = False
    loop: bool = False
    beside: tuple[str, ...] = ()  # a loop counts only in a script that calls one of these
    partial: bool = False
    words: tuple[str, ...] = ()  # a script without any of these cannot match; empty: what the calls tell
    programs: tuple[str, ...] = ()  # the words with which a command begins, for what no script is launched for
    flattened: bool = (
        False  # the sections of a file mean nothing: their keys are looked at as if they stood at the root
    )
    where: Where = ()


@record
class ObjectPath:
    """How to find an object of the run.

    Either a `path` over arguments and keys (`run.callbacks[]`, `trainer.train_dataset`, `root.lr_scheduler`), or a call
    of one of `calls` one of whose arguments (`where`) is an object already found, or whose receiver is (`on`),
    or a call that hands one over (`escapes`) to code that is not read and stands in none of the packages `trusted`.
    """

    name: str
    path: str = ""
    calls: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # paths to look at where there is nothing at `path`, in this order
    where: tuple[tuple[str, str], ...] = ()
    on: str = ""
    method: str = ""
    positional: tuple[str, ...] = ()
    each: bool = False  # every such call is an object of the run, not only the one in force
    escapes: str = ""
    trusted: tuple[str, ...] = ()


# --- arithmetic ------------------------------------------------------------------------------------------------------


@record
class Formula:
    """`quantity = expression`, if `condition` holds, in these versions; the first that applies gives the quantity.

    An `identity` holds for every framework: it fills in what neither the framework's own formulas nor the user tell.
    """

    quantity: str
    expression: Expression
    condition: Expression | None = None
    versions: Versions = ()
    identity: bool = False


@record
class Override:
    """`winner` silently beats `loser` when `when` holds."""

    winner: str
    loser: str
    when: Expression | None = None
    versions: Versions = ()
    name: str = ""


@record
class Ignored:
    """`option` has no effect when `when` holds; `because` says why in words, `instead` what would give it effect."""

    option: str
    when: Expression | None = None
    because: str = ""
    instead: str = ""
    versions: Versions = ()


@record
class Refusal:
    """The framework raises `error` in `phase` (parse, construct, prepare, train) when `when` holds.

    `rule` is the rule that tells it, where one with a message of its own does.
    """

    name: str
    phase: str
    when: Expression
    error: str
    message: str = ""
    options: tuple[str, ...] = ()
    versions: Versions = ()
    rule: str = ""


@record
class Stop:
    """The run ends after a `step`, `micro-batch`, `epoch` or `pass` once `when` holds.

    `when` compares steps, epochs, micro_batches or samples with a limit.
    """

    after: str
    when: Expression


@record
class LoopSpec:
    """The policies of a training loop; see docs/loop.md for what each name does."""

    pass_batches: Expression
    pass_end: Expression
    epoch_batches: Expression | None
    position: Expression
    window_size: Expression
    window_tail: Expression
    stops: tuple[Stop, ...]
    order: tuple[str, ...] = ()
    samples: tuple[tuple[str, Expression], ...] = ()  # batch, last_batch, processes
    endless: str = "never_ends"
    rates: str = "steps"
    window_by: str = "epochs"
    window_start: Expression | None = None
    window_until: Expression | None = None  # the size is a formula over `t`, what `by` counts, and changes up to there
    left_over: Expression | None = None
    empty_epoch: Expression | None = None
    by_formula: tuple[str, ...] = ()  # totals that formulas give although the machine counts
    ends: Expression | None = None  # certain to come to an end, also where nobody can tell after how many steps


@record
class EventSpec:
    """When an evaluation, checkpoint or log happens; several of one event add up, in file order."""

    event: str
    clock: str
    every: Expression | None
    condition: Expression | None = None
    start: Expression | None = None
    offset: Expression | None = None
    also: tuple[str, ...] = ()
    test: str = "multiple"
    limit: Expression | None = None
    versions: Versions = ()
    option: str = ""  # the option that a finding about this interval points at
    checked: str = ""
    epochs: Expression | None = None
    at: Expression | None = None
    again: bool = False


@record
class ScheduleUse:
    """Which schedule a run follows and in what it counts.

    By `option` and `names` (value of the option: schedule), or by the object `object` whose type the schedules know.
    `parameters` give the schedule's parameters over the run's names.
    """

    clock: Expression
    base: Expression
    times: Expression | None = None
    every: Expression | None = None
    late: Expression | None = None
    most: Expression | None = None
    option: str = ""
    names: tuple[tuple[str, str], ...] = ()
    object: str = ""
    parameters: tuple[tuple[str, Expression], ...] = ()
    condition: Expression | None = None
    versions: Versions = ()


@record
class ComponentSpec:
    """A callback, hook, sampler or other object that takes part: recognised by type, with options of its own."""

    name: str
    calls: tuple[str, ...]
    types: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()
    where: Where = ()
    options: tuple[Option, ...] = ()
    events: tuple[EventSpec, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    ignored: tuple[Ignored, ...] = ()


@record
class Requirement:
    """Another package that a framework needs: the one whose file it extends. `releases` are those it works with."""

    package: str
    releases: str = ""
    newest: str = ""


@record
class Framework:
    """One training framework, as `frameworks/<name>.yaml` tells it."""

    _beside = ("_by_name", "_by_spelling", "_formulas", "_let", "_objects")
    name: str
    title: str
    package: str = ""
    published_as: tuple[str, ...] = ()  # other names under which the same releases of the package are published
    newest: str = ""
    supported: str = ""
    requires: tuple[Requirement, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()  # prefix of a dotted name: what it stands for
    signatures: tuple[Signature, ...] = ()
    objects: tuple[ObjectPath, ...] = ()
    options: tuple[Option, ...] = ()
    let: tuple[Formula, ...] = ()
    plan: tuple[Formula, ...] = ()
    tells: tuple[Formula, ...] = ()  # by the API that gives the number to the script
    overrides: tuple[Override, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    loop: LoopSpec | None = None
    events: tuple[EventSpec, ...] = ()
    schedules: tuple[ScheduleUse, ...] = ()
    components: tuple[ComponentSpec, ...] = ()
    uses: tuple[str, ...] = ()
    unknown_options: str = "ignored"  # ignored | raises: what becomes of an option the framework does not know
    every_option: bool = False  # the options are all that releases up to the newest have
    one_process: bool = False  # no launcher or device option seen means one process
    sealed: bool = False  # options of a command beside its configuration file never take the place of what that says
    reads_numbers: bool = False  # its configuration files are read so that `1e-4` is a number
    tiny_run: int | None = None  # a run of so many steps is a smoke test
    sources: tuple[str, ...] = ()
    verified: str = "derived"
    description: str = ""

    def option(self, name: str) -> Option | None:
        """Return the first option that is called by this name, in any release."""
        return derived(self, "_by_spelling", lambda: _by_spelling(self.options)).get(name)

    def options_named(self, name: str) -> tuple[Option, ...]:
        """Return the options of this name: one for each stretch of releases in which it means something else."""
        return derived(self, "_by_name", lambda: _by_name(self.options)).get(name, ())

    def has_object(self, name: str) -> bool:
        """Tell whether an object of the run is called by this name, or an option that could hold one."""
        return name in derived(self, "_objects", lambda: _objects_of(self))


def _objects_of(framework: Framework) -> frozenset[str]:
    options = (name for option in framework.options for name in (option.name, option.reads))
    return frozenset((*options, *(path.name for path in framework.objects)))


def _by_spelling(options: tuple[Option, ...]) -> dict[str, Option]:
    found: dict[str, Option] = {}
    for option in options:
        found.setdefault(option.name, option)
        for alias in option.aliases:
            found.setdefault(alias, option)
    return found


def _by_name(options: tuple[Option, ...]) -> dict[str, tuple[Option, ...]]:
    found: dict[str, tuple[Option, ...]] = {}
    for option in options:
        found[option.name] = (*found.get(option.name, ()), option)
    return found


# --- schedules and APIs ----------------------------------------------------------------------------------------------


@record
class Parameter:
    """A parameter of a schedule or of an API, with its unit if it has one."""

    name: str
    unit: Unit | None = None
    has_default: bool = False
    default: Scalar = None


@record
class Piece:
    """`rate = expression` while `condition` holds, over tick `t`, `base` and the parameters; the first counts."""

    expression: Expression
    condition: Expression | None = None


@record
class Schedule:
    """A learning-rate schedule, as `schedules/<name>.yaml` tells it.

    `rate` gives the rate at tick `t` (0 before the first call). `past_end`: holds, zero, rises, restarts, raises.
    """

    name: str
    title: str
    calls: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    rate: tuple[Piece, ...]
    length: Expression | None = None
    past_end: str = "holds"
    includes_warmup: bool | None = None
    refusals: tuple[Refusal, ...] = ()
    let: tuple[Formula, ...] = ()
    composition: str = ""  # sequential, chained: made of other schedules
    sources: tuple[str, ...] = ()


@record
class Api:
    """A library call that the script reader understands: parameters, the type it returns, and properties of the result.

    `gives` are expressions over the arguments (`batch_size`), their properties (`dataset.length`) and `self`.
    """

    name: str
    positional: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    bases: tuple[str, ...] = ()
    gives: tuple[tuple[str, Expression], ...] = ()
    units: tuple[tuple[str, Unit], ...] = ()
    role: str = ""  # loader, optimizer, scheduler, dataset, counter, parser …: what the reader must treat specially
    unpacks: tuple[str, ...] = ()  # what it gives together: each an argument, or another API that describes a part
    # what it makes from a configuration file: (attribute of the result, section of the file, parameter with the class)
    builds: tuple[tuple[str, str, str], ...] = ()
    decorates: str = ""  # the argument that a function is which the result decorates


# --- launchers -------------------------------------------------------------------------------------------------------


@record
class Launcher:
    """A program that starts training scripts, as `launchers/<name>.yaml` tells it.

    `commands` are the words it begins with (`python -m torch.distributed.run`). `flags` take no value; `module_options`
    (`-m`) are followed by the module that is started. `processes` is a formula over its options, `counting` the options
    that a finding about the number of processes points at.
    """

    name: str
    commands: tuple[str, ...]
    flags: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    module_options: tuple[str, ...] = ()
    config_option: str = ""
    defaults: tuple[tuple[str, Scalar], ...] = ()
    processes: Expression | None = None
    counting: tuple[str, ...] = ()
    header: bool = False  # the header of a batch script gives its options as well
    trains: bool = False  # it is a training program itself: what follows are its arguments, and no script
