"""How often the schedulers of a training loop are stepped, and per what."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known
from epochlint.scripts import facts as records
from epochlint.scripts.accumulation import is_prepared
from epochlint.scripts.counts import loops_of
from epochlint.scripts.nests import Nest, closes_window
from epochlint.scripts.operators import combine
from epochlint.scripts.properties import property_of
from epochlint.scripts.sites import place_of
from epochlint.scripts.things import Object, Scalar
from epochlint.scripts.totals import totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call
    from epochlint.scripts.training_loops import Found


def scheduler_uses(machine: Machine, found: Found) -> tuple[records.SchedulerUse, ...]:
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
    if machine.gave_up:
        return tuple(uses)
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
            return "step" if window.size is None or is_prepared(machine, call) else "micro-batch"
        return "step" if window.size is None or window.size.plain == 1 or nest.micro is not None else "micro-batch"
    if len(own) > 1 and loops == own[:-1]:
        return "unknown" if conditions else "epoch"
    return "unknown"
