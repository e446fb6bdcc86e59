"""From nests of loops to training loops: epochs, batches, accumulation, schedulers, and what ends the run."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.scripts import facts as records
from epochlint.scripts.accumulation import Window, trains_only_under, window_of
from epochlint.scripts.containers import Range
from epochlint.scripts.counts import product
from epochlint.scripts.gradients import gradients_of
from epochlint.scripts.limits import Limit, batches_within, limits_of
from epochlint.scripts.nests import Nest, closes_window, find_nests, goes_through_data
from epochlint.scripts.operators import binary, combine, linear
from epochlint.scripts.schedulers import scheduler_uses
from epochlint.scripts.sites import place_of
from epochlint.scripts.snapshot import NOWHERE, number_of, over_of, thing_of
from epochlint.scripts.things import Scalar, constant
from epochlint.scripts.totals import totals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Loop


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
    found = Found(nest, window_of(machine, nest))
    _passes(machine, found)
    for branch in nest.conditions(nest.step):
        if branch is not found.window.branch and branch.kind != "rank" and not closes_window(machine, branch):
            found.open_ended.append(branch.text)
    found.limits, others = limits_of(machine, nest)
    found.open_ended.extend(others)
    if any(loop.cut_short for loop in nest.loops):
        found.open_ended.append("the loop is too much to follow")
    return found


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
    if any(branch.kind == "every" and trains_only_under(nest, branch) for branch in nest.conditions(nest.step)):
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
        schedulers=scheduler_uses(machine, found),
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
