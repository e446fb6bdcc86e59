"""Hand-written training loops as objects and facts that a framework's formulas can name."""

from __future__ import annotations

from epochlint.dialects.thing_views import ThingView
from epochlint.dialects.views import View, Written
from epochlint.expressions.values import NONE, UNKNOWN, Known, Value
from epochlint.places import Place
from epochlint.scripts.facts import Number, Opaque, Reference, Script, TrainingLoop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.dialects.objects import Objects


class LoopView(View):
    """A training loop as the anchor of a run: its numbers are properties, its objects are bound by name."""

    def __init__(self, script: Script, loop: TrainingLoop) -> None:
        self.script = script
        self.loop = loop
        self.place: Place = loop.place

    def part(self, name: str) -> View | None:
        views = objects_of(self.script, self.loop).get(name)
        return views[0] if views else None

    def names(self) -> tuple[str, ...]:
        return ()

    def elements(self) -> tuple[View, ...] | None:
        return None

    def written(self) -> Written:
        return Written(NONE, None, self.place, "computed", "", False, None)


def objects_of(script: Script, loop: TrainingLoop) -> Objects:
    """Return what a loop uses: `loader`, `optimizer`, `scheduler` (the first of each; several schedulers are all
    there)."""
    found: Objects = {}
    if loop.loader is not None:
        found["loader"] = (ThingView(script, loop.loader, loop.place),)
    if loop.optimizers:
        found["optimizer"] = tuple(ThingView(script, Reference(one), loop.place) for one in loop.optimizers)
    if loop.schedulers:
        found["scheduler"] = tuple(
            ThingView(script, Reference(use.instance), use.place or loop.place) for use in loop.schedulers
        )
    for name in ("clear", "backward", "step", "window"):
        place = getattr(loop.gradients, f"{name}_place")
        if place is not None:
            found[f"loop_{name}"] = (ThingView(script, Opaque("", place), place),)
    return found


def properties_of(loop: TrainingLoop) -> dict[str, Value]:
    """Return the facts about a loop under the names that formulas use."""
    facts = {
        "loop.epochs": _value(loop.epochs),
        "loop.first_epoch": loop.first_epoch,
        "loop.batches": loop.batches,
        "loop.window": _value(loop.window),
        "loop.window_offset": Known(loop.window_offset),
        "loop.tail": Known(loop.tail),
        "loop.step_limit": _value(loop.step_limit),
        "loop.batch_limit": _value(loop.batch_limit),
        "loop.open_ended": Known(loop.open_ended),
        "loop.overridable": Known(any(one.overridable for one in (loop.epochs, loop.step_limit) if one is not None)),
        "loop.stepless": Known(loop.stepless),
        "loop.cleared": Known(loop.gradients.cleared),
        "loop.scaled": UNKNOWN if loop.gradients.scaled is None else Known(loop.gradients.scaled),
        "loop.loss_divisions": Known(loop.gradients.loss_divisions),
        "loop.hands_loss_over": Known(loop.gradients.hands_loss_over),
        "loop.steps": loop.steps or UNKNOWN,
        "loop.micro_batches": loop.micro_batches or UNKNOWN,
    }
    # The same numbers over the names of the script, for those who ask what they were made of.
    for name, number in (
        ("loop.epochs", loop.epochs),
        ("loop.window", loop.window),
        ("loop.step_limit", loop.step_limit),
    ):
        if number is not None and number.form is not None:
            facts[f"{name}.form"] = number.form
    if loop.schedulers:
        use = loop.schedulers[0]
        facts["scheduler.per"] = Known(use.per)
        facts["scheduler.ticks"] = use.ticks
        facts["scheduler.before_optimizer"] = Known(use.before_optimizer)
    return facts


def _value(number: Number | None) -> Value:
    return number.value if number is not None else NONE
