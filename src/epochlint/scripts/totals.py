"""How many optimizer steps and micro-batches a training loop makes in all, as an expression."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Value
from epochlint.scripts.counts import counter_of, hits, loops_of, product
from epochlint.scripts.limits import steps_within
from epochlint.scripts.nests import Nest, goes_through_data
from epochlint.scripts.operators import combine, is_counter
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.recording import Call
    from epochlint.scripts.training_loops import Found


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
