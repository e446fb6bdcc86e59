"""From nests of loops to training loops: epochs, batches, accumulation, schedulers, and what ends the run."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.scripts import facts as records
from epochlint.scripts.counts import (
    branches_of,
    changes_of,
    counter_of,
    hits,
    loops_of,
    product,
    window_offset,
)
from epochlint.scripts.gradients import gradients_of
from epochlint.scripts.limits import Limit, batches_within, limits_of, steps_within
from epochlint.scripts.nests import Nest, closes_window, find_nests, goes_through_data
from epochlint.scripts.operators import binary, combine, is_counter, linear
from epochlint.scripts.properties import property_of
from epochlint.scripts.recording import Branch, Context
from epochlint.scripts.sites import place_of
from epochlint.scripts.snapshot import NOWHERE, number_of, over_of, thing_of
from epochlint.scripts.things import Object, Range, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call, Loop


class Window:
    """How many micro-batches make an optimizer step, and what becomes of those that are left over."""

    __slots__ = ("branch", "context", "offset", "size", "tail")

    def __init__(self, size: Scalar | None, offset: int = 0, tail: str = "step") -> None:
        self.size = size
        self.offset = offset
        self.tail = tail
        self.branch: Branch | None = None
        self.context: Context | None = None


class Found:
    """A training loop while it is being understood; `open_ended` collects why its totals are not certain."""

    __slots__ = ("epochs", "first_epoch", "limits", "nest", "open_ended", "per_pass", "rounds", "window")

    def __init__(self, nest: Nest, window: Window) -> None:
        self.nest = nest
        self.window = window
        self.epochs: Scalar | None = None
        self.first_epoch: Value = Known(0)
        self.rounds: Value = Known(1)  # passes that are made
        self.per_pass: Value = UNKNOWN  # micro-batches per pass
        self.limits: list[Limit] = []
        self.open_ended: list[str] = []


def find(machine: Machine) -> list[Found]:
    return [_understand(machine, nest) for nest in find_nests(machine)]


def _understand(machine: Machine, nest: Nest) -> Found:
    found = Found(nest, _window(machine, nest))
    _passes(machine, found)
    for branch in nest.conditions(nest.step):
        if branch is not found.window.branch and branch.kind != "rank" and not closes_window(machine, branch):
            found.open_ended.append(branch.text)
    found.limits, others = limits_of(machine, nest)
    found.open_ended.extend(others)
    return found


# --- passes and batches ----------------------------------------------------------------------------------------------


def _passes(machine: Machine, found: Found) -> None:
    """Find the epochs and the micro-batches of each."""
    nest = found.nest
    inner = nest.loops[1:] if len(nest.loops) > 1 else nest.loops
    micro = nest.micro
    if len(nest.loops) == 1 and micro is not None and goes_through_data(micro):
        # Gradients of a whole pass are collected for one step.
        _set_epochs(machine, found, nest.loops[0])
        found.per_pass = micro.iterations
        return
    if len(nest.loops) > 1:
        _set_epochs(machine, found, nest.loops[0])
    elif goes_through_data(nest.loops[0]):
        found.epochs = constant(1, None)
    batches = batches_within(nest, product(inner)) if len(inner) == 1 else product(inner)
    found.per_pass = combine("*", batches, micro.iterations) if micro is not None else batches
    if any(branch.kind == "every" and _trains_only_under(nest, branch) for branch in nest.conditions(nest.step)):
        found.per_pass = UNKNOWN


def _set_epochs(machine: Machine, found: Found, loop: Loop) -> None:
    """Take the rounds of the outermost loop as epochs: asked for, begun with, and made."""
    found.rounds = loop.iterations
    over = loop.over
    if isinstance(over, Range) and over.step.plain == 1:
        start, stop = over.start, over.stop
        if start.plain == 0:
            found.epochs = stop
        elif start.plain == 1:
            base, offset = linear(stop)
            whole = isinstance(base, Scalar) and offset == 1
            found.epochs = base if whole and isinstance(base, Scalar) else binary("-", stop, start, stop.site)
        else:
            found.epochs, found.first_epoch = stop, start.value
        if found.epochs is not None and start.plain == 1 and found.epochs.known:
            found.epochs.site = found.epochs.site or stop.site
    elif loop.kind == "while" and loop.test and isinstance(loop.iterations, Known):
        found.epochs = Scalar(loop.iterations, loop.site)
    elif loop.kind == "items" and loop.length is not None:
        found.epochs = loop.length
    elif loop.kind in ("while", "endless"):
        found.epochs = None
    del machine


# --- accumulation ----------------------------------------------------------------------------------------------------


def _window(machine: Machine, nest: Nest) -> Window:
    """Find after how many micro-batches an optimizer step is made."""
    if not nest.steps:
        return Window(None)
    if nest.stepless:
        return Window(None)
    for context in nest.contexts(nest.step):
        if context.role == "accumulates":
            prepared = _is_prepared(machine, nest.step)
            size = context.window if isinstance(context.window, Scalar) else Scalar(UNKNOWN, context.site)
            window = Window(size if prepared else None, 0, context.tail or "step")
            window.context = context
            return window
    if nest.micro is not None:
        length = nest.micro.length
        return Window(length if length is not None else Scalar(nest.micro.iterations, nest.micro.site))
    for branch in nest.conditions(nest.step):
        if branch.kind == "every" and branch.period is not None and not _trains_only_under(nest, branch):
            counted = _start_of_count(machine, nest, branch)
            if counted is None:
                continue
            start, resets = counted
            offset = window_offset(branch, start)
            window = Window(branch.period, offset if offset is not None else 0)
            window.branch = branch
            window.tail = _tail(machine, nest, branch, resets)
            return window
    return Window(None)


def _trains_only_under(nest: Nest, branch: Branch) -> bool:
    """Tell whether the backward pass too is made only then: rounds of the loop are no micro-batches (as where an agent
    acts in every round and learns in some of them)."""
    return bool(nest.backwards) and all(branch in nest.conditions(call) for call in nest.backwards)


def _is_prepared(machine: Machine, call: Call) -> bool:
    """Tell whether a context that accumulates reaches an object: it must have been prepared, where the library has
    that."""
    if not isinstance(call.receiver, Object):
        return True
    prepared = property_of(machine, call.receiver, "prepared")
    if isinstance(prepared, Scalar):
        return prepared.plain is True
    return not any(one.role == "prepares" for one in machine.recorder.calls)


def _start_of_count(machine: Machine, nest: Nest, branch: Branch) -> tuple[Value, bool] | None:
    """Return what the counter of micro-batches begins with, and whether it begins anew with each pass; None if it is
    another."""
    counter = branch.counter
    if isinstance(counter, Scalar) and counter.made is not None and counter.made[0] == "var":
        loop = counter.made[1]
        return (loop.start, True) if loop is nest.batch_loop else None
    variable = counter_of(counter)
    if variable is None:
        return None
    changes = changes_of(machine, variable)
    ups = [change for change in changes if change.amount is not None]
    sets = [change for change in changes if change.amount is None]
    if len(ups) != 1 or ups[0].amount is None or ups[0].amount.plain != 1:
        return None
    if loops_of(ups[0].frames) != loops_of(nest.step.frames) or branches_of(
        ups[0].frames[len(nest.batch_loop.frames) :]
    ):
        return None
    if variable.start is not None and loops_of(variable.frames) == loops_of(nest.step.frames)[:-1]:
        return variable.start.value, len(nest.loops) > 1
    if sets:
        anew = [change for change in sets if loops_of(change.frames) == loops_of(nest.step.frames)[:-1]]
        if len(anew) == len(sets) == 1 and anew[0].value is not None:
            return anew[0].value.value, True
        return None
    return (variable.start.value if variable.start is not None else UNKNOWN), False


def _tail(machine: Machine, nest: Nest, branch: Branch, resets: bool) -> str:
    """Tell what becomes of the micro-batches that do not fill a window at the end of a pass."""
    del machine
    if any(option.kind == "last" for option in branch.options) or _flushed(nest):
        return "step"
    if not resets:
        return "carry"
    if len(nest.loops) == 1:
        return "discard"
    for call in nest.clears:
        loops, conditions = loops_of(call.frames), nest.conditions(call)
        if conditions:
            continue
        if loops == loops_of(nest.step.frames)[:-1] or loops == loops_of(nest.step.frames):
            return "discard"
    return "leak"


def _flushed(nest: Nest) -> bool:
    """Tell whether another step of the same optimizer stands after the batch loop, for what is left over."""
    outside = loops_of(nest.step.frames)[:-1]
    return any(
        call is not nest.step
        and call.receiver is nest.step.receiver
        and loops_of(call.frames) == outside
        and call.id > nest.step.id
        for call in nest.steps
    )


# --- totals ----------------------------------------------------------------------------------------------------------


def _steps_per_pass(found: Found) -> Value:
    window, nest = found.window, found.nest
    if nest.stepless:
        return Known(0)
    if nest.micro is not None:
        if goes_through_data(nest.micro) and len(nest.loops) == 1:
            return Known(1)
        inner = nest.loops[1:] if len(nest.loops) > 1 else nest.loops
        return product(inner)
    if window.size is None:
        return found.per_pass
    if window.branch is not None:
        counter = window.branch.counter
        start: Value = UNKNOWN
        if (
            isinstance(counter, Scalar)
            and is_counter(counter)
            and counter.made is not None
            and counter.made[0] == "var"
        ):
            start = counter.made[1].start
        elif (variable := counter_of(counter)) is not None and variable.start is not None:
            start = variable.start.value
        if nest.batch_loop.exits and any(option.kind == "last" for option in window.branch.options):
            return UNKNOWN  # there may be no last round
        return hits(found.per_pass, window.branch, start, window.tail == "step")
    return _whole_windows(found.per_pass, window.size, "ceil" if window.tail == "step" else "floor")


def _whole_windows(micro: Value, size: Scalar, rounding: str = "floor") -> Value:
    from epochlint.scripts.symbolic import call as call_function

    return call_function(rounding, (combine("/", micro, size.value),))


def totals(found: Found) -> tuple[Value, Value]:
    """Return the optimizer steps and micro-batches of the whole run, unknown where something undecided ends it."""
    micro = combine("*", found.rounds, found.per_pass)
    if not found.nest.steps:
        return Known(0), micro if not found.open_ended else UNKNOWN
    if found.window.tail == "carry" and found.window.size is not None:
        counter = counter_of(found.window.branch.counter) if found.window.branch is not None else None
        start = counter.start.value if counter is not None and counter.start is not None else UNKNOWN
        if found.window.branch is not None:
            steps = hits(micro, found.window.branch, start)
        else:
            steps = _whole_windows(micro, found.window.size)
    else:
        steps = combine("*", found.rounds, _steps_per_pass(found))
    if found.open_ended or _several(found.nest):
        return UNKNOWN, UNKNOWN if found.open_ended else micro
    if found.limits:
        return steps_within(found.limits, found.nest, steps, micro, found.window.size)
    return steps, micro


def _several(nest: Nest) -> bool:
    """Tell whether several optimizers step, or one at several places, so that their steps cannot be told apart."""
    main = [call for call in nest.steps if call.site != nest.step.site]
    if not main:
        return False
    return len(nest.optimizers) > 1 or not all(_is_flush(nest, call) for call in main)


def _is_flush(nest: Nest, call: Call) -> bool:
    return loops_of(call.frames) == loops_of(nest.step.frames)[:-1]


# --- schedulers ------------------------------------------------------------------------------------------------------


def _schedulers(machine: Machine, found: Found) -> tuple[records.SchedulerUse, ...]:
    nest = found.nest
    uses: list[records.SchedulerUse] = []
    seen: set[tuple[int, str]] = set()
    steps, micro = totals(found)
    for call in nest.schedules:
        if call.receiver is None:
            continue
        per = _per(machine, found, call)
        if (call.receiver.id, per) in seen:
            continue
        seen.add((call.receiver.id, per))
        reference = nest.collecting if per == "micro-batch" else nest.step
        ticks = {"step": steps, "micro-batch": micro, "epoch": found.rounds}.get(per, UNKNOWN)
        several = property_of(machine, call.receiver, "ticks_per_call")
        if isinstance(several, Scalar):
            ticks = combine("*", ticks, several.value)
        if (per == "epoch" and (found.open_ended or found.limits)) or _may_be_cut_off(nest, reference, call):
            ticks = UNKNOWN
        before = per in ("step", "micro-batch") and call.id < nest.step.id
        uses.append(records.SchedulerUse(call.receiver.id, per, place_of(call.site), ticks, before))
    stepped = {
        call.receiver.id for call in machine.recorder.calls if call.receiver is not None and "step" in call.callee
    }
    uses.extend(
        records.SchedulerUse(thing.id, "never", thing.place, Known(0))
        for thing in machine.recorder.objects
        if thing.id not in stepped and _schedules_one_of(machine, thing, nest) and not _is_passed_on(machine, thing)
    )
    return tuple(uses)


def _may_be_cut_off(nest: Nest, reference: Call, call: Call) -> bool:
    """Tell whether a loop may be left in the middle of a round, between two calls."""
    between = range(min(reference.moment, call.moment), max(reference.moment, call.moment))
    return any(one.moment in between for loop in nest.loops for one in loop.exits)


def _schedules_one_of(machine: Machine, thing: Object, nest: Nest) -> bool:
    from epochlint.scripts.library import role_of

    return role_of(machine, thing) == "scheduler" and any(one.datum in nest.optimizers for one in thing.given)


def _is_passed_on(machine: Machine, thing: Object) -> bool:
    """Tell whether something else holds or is given a scheduler, and may step it."""
    if any(one.datum is thing for call in machine.recorder.calls if call.role != "prepares" for one in call.passed):
        return True
    return any(_holds(one.datum, thing) for call in machine.recorder.calls for one in call.passed) or any(
        value is thing for other in machine.recorder.objects for value in other.slots.values()
    )


def _holds(datum: object, thing: Object) -> bool:
    items = getattr(datum, "items", None)
    return isinstance(items, tuple) and thing in items


def _per(machine: Machine, found: Found, call: Call) -> str:
    """Tell once per what a scheduler is stepped: optimizer step, micro-batch or epoch."""
    nest, window = found.nest, found.window
    loops, own = loops_of(call.frames), loops_of(nest.step.frames)
    conditions = [one for one in nest.conditions(call) if one.kind != "rank"]
    if nest.micro is not None and loops == (*own, nest.micro):
        return "micro-batch"
    if loops == own:
        if window.branch is not None and window.branch in conditions:
            return "step" if len(conditions) == 1 else "unknown"
        if any(closes_window(machine, one) for one in conditions):
            return "step" if len(conditions) == 1 else "unknown"
        if conditions:
            return "unknown"
        if window.context is not None and any(one is window.context for one in nest.contexts(call)):
            return "step" if window.size is None or _is_prepared(machine, call) else "micro-batch"
        return "step" if window.size is None or window.size.plain == 1 or nest.micro is not None else "micro-batch"
    if len(own) > 1 and loops == own[:-1]:
        return "unknown" if conditions else "epoch"
    return "unknown"


# --- facts -----------------------------------------------------------------------------------------------------------


def facts(machine: Machine, found: list[Found]) -> tuple[records.TrainingLoop, ...]:
    return tuple(_fact(machine, one) for one in found)


def _fact(machine: Machine, found: Found) -> records.TrainingLoop:
    nest, window = found.nest, found.window
    place = place_of(nest.loops[0].site) or NOWHERE
    steps, micro = totals(found)
    data = next(
        (loop for loop in (nest.micro, *reversed(nest.loops)) if loop is not None and goes_through_data(loop)), None
    )
    over = over_of(data.over) if data is not None else None
    step_limit = next((limit.number for limit in found.limits if limit.counts == "steps"), None)
    batch_limit = next((limit.number for limit in found.limits if limit.counts == "micro-batches"), None)
    return records.TrainingLoop(
        place=place,
        epochs=number_of(machine, found.epochs) if found.epochs is not None else None,
        first_epoch=found.first_epoch,
        loader=thing_of(machine, over, place) if over is not None else None,
        batches=found.per_pass,
        optimizers=tuple(one.id for one in nest.optimizers),
        window=number_of(machine, window.size) if window.size is not None else None,
        window_offset=window.offset,
        tail=window.tail,
        schedulers=_schedulers(machine, found),
        step_limit=number_of(machine, step_limit) if step_limit is not None else None,
        batch_limit=number_of(machine, batch_limit) if batch_limit is not None else None,
        steps=_known_or_none(steps),
        micro_batches=_known_or_none(micro),
        gradients=gradients_of(machine, nest, window),
        stepless=nest.stepless,
        open_ended="; ".join(dict.fromkeys(found.open_ended)),
    )


def _known_or_none(value: Value) -> Value | None:
    return None if isinstance(value, Unknown) else value
