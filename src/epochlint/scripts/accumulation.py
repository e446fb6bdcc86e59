"""After how many micro-batches a training loop makes an optimizer step, and what becomes of those left over."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Value
from epochlint.scripts.counts import (
    branches_of,
    changes_of,
    counter_of,
    loops_of,
    window_offset,
)
from epochlint.scripts.nests import Nest
from epochlint.scripts.properties import property_of
from epochlint.scripts.recording import Branch, Context
from epochlint.scripts.things import Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call


class Window:
    """How many micro-batches make an optimizer step, and what becomes of those that are left over."""

    __slots__ = ("branch", "context", "offset", "size", "tail")

    def __init__(self, size: Scalar | None, offset: int = 0, tail: str = "step") -> None:
        self.size = size
        self.offset = offset
        self.tail = tail
        self.branch: Branch | None = None
        self.context: Context | None = None


def window_of(machine: Machine, nest: Nest) -> Window:
    """Find after how many micro-batches an optimizer step is made."""
    if not nest.steps:
        return Window(None)
    if nest.stepless:
        return Window(None)
    for context in nest.contexts(nest.step):
        if context.role == "accumulates":
            prepared = is_prepared(machine, nest.step)
            size = context.window if isinstance(context.window, Scalar) else Scalar(UNKNOWN, context.site)
            window = Window(size if prepared else None, 0, context.tail or "step")
            window.context = context
            return window
    if nest.micro is not None:
        length = nest.micro.length
        return Window(length if length is not None else Scalar(nest.micro.iterations, nest.micro.site))
    for branch in nest.conditions(nest.step):
        if branch.kind == "every" and branch.period is not None and not trains_only_under(nest, branch):
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


def trains_only_under(nest: Nest, branch: Branch) -> bool:
    """Tell whether the backward pass too is made only then: rounds of the loop are no micro-batches (as where an agent
    acts in every round and learns in some of them)."""
    return bool(nest.backwards) and all(branch in nest.conditions(call) for call in nest.backwards)


def is_prepared(machine: Machine, call: Call) -> bool:
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
