"""What a method does that nobody in the script calls: a framework calls it, once for each batch or event."""

from __future__ import annotations

from epochlint.scripts.counts import branches_of, loops_of
from epochlint.scripts.nests import is_optimizer_step
from epochlint.scripts.things import Object, constant, unknown_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine


def note_steps(machine: Machine, receiver: Object, method: str, first: int) -> None:
    """Make the optimizer steps made since call `first`, in one run of a method, a property of the object:
    `<method>_steps`. Under a condition or in a loop nobody can tell how many they are."""
    steps = [call for call in machine.recorder.calls[first:] if is_optimizer_step(machine, call, set())]
    if not steps:
        return
    sure = not any(branches_of(call.frames) or loops_of(call.frames) for call in steps)
    receiver.properties[f"{method}_steps"] = constant(len(steps), None) if sure else unknown_scalar(None, "int")
