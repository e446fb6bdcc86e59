"""Hand-written training loops: the loops around an optimizer's step, and which of them is for what."""

from __future__ import annotations

from epochlint.scripts.containers import Range
from epochlint.scripts.counts import branches_of, loops_of
from epochlint.scripts.library import role_of
from epochlint.scripts.recording import Branch, Context
from epochlint.scripts.things import Datum, Object, Opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call, Loop


class Nest:
    """One nest of loops in which an optimizer steps.

    `loops` are the loops around the step, outermost first, without those in which the optimizer itself is made anew
    each
    round (folds, trials). `micro` is a loop inside of them that only collects gradients for one step.
    """

    __slots__ = ("backwards", "clears", "loops", "micro", "optimizers", "schedules", "step", "steps")

    def __init__(self, step: Call, loops: tuple[Loop, ...]) -> None:
        self.step = step
        self.loops = loops
        self.steps: list[Call] = [step]
        self.optimizers: list[Object] = []
        self.micro: Loop | None = None
        self.backwards: list[Call] = []
        self.clears: list[Call] = []
        self.schedules: list[Call] = []

    @property
    def stepless(self) -> bool:
        """Tell whether no step follows the backward pass, which then stands in `step`."""
        return not self.steps

    @property
    def batch_loop(self) -> Loop:
        return self.loops[-1]

    @property
    def epoch_loop(self) -> Loop | None:
        return self.loops[0] if len(self.loops) > 1 else None

    @property
    def collecting(self) -> Call:
        """Return the call that stands for a micro-batch: the backward pass if there is just one, else the step."""
        own = loops_of(self.step.frames)
        found = [call for call in self.backwards if loops_of(call.frames)[: len(own)] == own]
        return found[0] if len(found) == 1 else self.step

    def conditions(self, call: Call) -> tuple[Branch, ...]:
        """Return the conditions between the outermost loop and a call, without those in which the loops themselves
        stand."""
        around = len(self.loops[0].frames)
        return tuple(one for one in branches_of(call.frames[around:]) if not one.alternative)

    def contexts(self, call: Call) -> tuple[Context, ...]:
        around = len(self.loops[0].frames)
        return tuple(frame for frame in call.frames[around:] if isinstance(frame, Context))


def find_nests(machine: Machine) -> list[Nest]:
    """Return the training loops of a script, in the order of execution."""
    nests: dict[int, Nest] = {}
    engines = _engines(machine)
    for call in machine.recorder.calls:
        if not loops_of(call.frames) or not is_optimizer_step(machine, call, engines):
            continue
        loops = _without_repeats(machine, call)
        if not loops:
            continue
        known = nests.get(id(loops[0]))
        if known is None:
            nests[id(loops[0])] = Nest(call, loops)
        else:
            known.steps.append(call)
            if len(loops) > len(known.loops):
                known.step, known.loops = call, loops
    found = list(nests.values())
    if not found:
        found = _without_steps(machine)
    for nest in found:
        _complete(machine, nest)
    return found


def _engines(machine: Machine) -> set[object]:
    """Return what `backward` is called on with the loss: something that makes the optimizer step too, if it has a
    `step`."""
    return {
        key
        for call in machine.recorder.calls
        if call.callee.rpartition(".")[2] == "backward" and (call.passed or call.receiver is not None)
        for key in _engine(call)
    }


def _engine(call: Call) -> tuple[object, ...]:
    if call.receiver is not None:
        return (id(call.receiver),)
    owner = call.callee.rpartition(".")[0]
    return (call.receiver_name,) if call.receiver_name else (owner,) if owner and owner != "?" else ()


# The arguments of a tensor's own `backward`.
_OF_A_TENSOR = frozenset({"gradient", "retain_graph", "create_graph", "inputs"})


def _without_steps(machine: Machine) -> list[Nest]:
    """Return the loops in which gradients are made of a model whose optimizer never steps, if that is certain."""
    optimizers = [thing for thing in machine.recorder.objects if role_of(machine, thing) == "optimizer"]
    if not optimizers or machine.gave_up:
        return []
    for call in machine.recorder.calls:
        if call.callee.rpartition(".")[2] in ("step", "optimizer_step") and not is_scheduler(machine, call):
            return []  # of something in a list, or in a function that is given to a hook: nobody can tell when
        for one in call.passed:
            if one.datum in optimizers and call.role != "prepares" and role_of(machine, call.result) != "scheduler":
                return []
    if any(value in optimizers for thing in machine.recorder.objects for value in thing.slots.values()):
        return []
    # Gradients in another function than the optimizer's may have nothing to do with it: they are timed, or looked at.
    functions = {call.function for call in machine.recorder.calls if call.result in optimizers}
    nests: dict[int, Nest] = {}
    for call in machine.recorder.calls:
        loops = loops_of(call.frames)
        if not loops or call.callee.rpartition(".")[2] != "backward" or functions.isdisjoint(("", loops[0].function)):
            continue
        if any(one.name not in _OF_A_TENSOR for one in call.passed):
            return []  # an engine computes the gradients of this loss, and may make the step as well
        if id(loops[0]) not in nests:
            nest = nests[id(loops[0])] = Nest(call, loops)
            nest.steps = []
    return list(nests.values())


def is_optimizer_step(machine: Machine, call: Call, engines: set[object]) -> bool:
    """Tell whether a call makes an optimizer step: by the APIs, else by the names people give to optimizers."""
    if call.role == "optimizer-step":
        return True
    method = call.callee.rpartition(".")[2]
    if method == "optimizer_step":
        return call.receiver is None or role_of(machine, call.receiver) == ""
    if method != "step" or "." not in call.callee:
        return False
    role = role_of(machine, call.receiver)
    if role:
        return role == "optimizer"
    if any(role_of(machine, one.datum) == "optimizer" for one in call.passed):
        return True
    owner = call.receiver_name or call.callee.rpartition(".")[0]
    return is_called_optimizer(owner) or any(key in engines for key in _engine(call))


def is_called_optimizer(text: str) -> bool:
    name = _last_name(text)
    return name.startswith("opt") or name.endswith("_opt") or "optim" in name


def _last_name(text: str) -> str:
    return text.partition("(")[0].partition("[")[0].rpartition(".")[2].lower()


def optimizer_of(machine: Machine, call: Call) -> Object | None:
    """Return the optimizer that a step is made with, if it is an object the script made."""
    if isinstance(call.receiver, Object) and (
        role_of(machine, call.receiver) == "optimizer" or is_called_optimizer(call.receiver_name)
    ):
        return call.receiver
    for one in call.passed:
        if role_of(machine, one.datum) == "optimizer" and isinstance(one.datum, Object):
            return one.datum
    return None


def _without_repeats(machine: Machine, call: Call) -> tuple[Loop, ...]:
    """Return the loops around a step, without outer ones in whose every round the optimizer is made anew."""
    loops = loops_of(call.frames)
    optimizer = optimizer_of(machine, call)
    made = (
        next((one for one in machine.recorder.calls if one.result is optimizer), None)
        if optimizer is not None
        else None
    )
    around = loops_of(made.frames) if made is not None else ()
    common = 0
    while common < len(around) and common < len(loops) and loops[common] is around[common]:
        common += 1
    return loops[common:]


def _complete(machine: Machine, nest: Nest) -> None:
    """Find the other calls that take part: backward passes, clearing of gradients, schedulers."""
    for step in nest.steps:
        optimizer = optimizer_of(machine, step)
        if optimizer is not None and optimizer not in nest.optimizers:
            nest.optimizers.append(optimizer)
    outermost, depth = nest.loops[0], len(nest.loops)
    for call in machine.recorder.calls:
        loops = loops_of(call.frames)
        if outermost not in loops:
            continue
        method = call.callee.rpartition(".")[2]
        inside = loops[loops.index(outermost) :]
        if method == "backward":
            nest.backwards.append(call)
            if inside[:depth] == nest.loops and len(inside) == depth + 1:
                nest.micro = inside[-1]
        elif method == "zero_grad":
            nest.clears.append(call)
        elif method.startswith("step") and is_scheduler(machine, call):
            nest.schedules.append(call)


def is_scheduler(machine: Machine, call: Call) -> bool:
    """Tell whether the object a method is called on is a learning-rate scheduler."""
    if call.receiver is None:
        return False
    role = role_of(machine, call.receiver)
    return role == "scheduler" if role else "sched" in _last_name(call.receiver_name)


def goes_through_data(loop: Loop) -> bool:
    """Tell whether a loop goes through a thing, not through numbers."""
    return loop.kind == "items" and not isinstance(loop.over, Range)


def closes_window(machine: Machine, branch: Branch) -> bool:
    """Tell whether a condition is the library's own word for "gradients are complete now"."""
    test: Datum | None = branch.test
    if branch.kind != "flag" or not isinstance(test, Opaque) or test.owner is None:
        return False
    owner, name = test.owner
    if not isinstance(owner, Object):
        return False
    apis = (machine.apis.api(f"{one}.{name}") for one in owner.types)
    return any(api is not None and api.role == "closes-window" for api in apis)
