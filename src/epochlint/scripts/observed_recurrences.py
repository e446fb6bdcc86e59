"""Conditions that hold every so often in a training loop: what their counter counts, and how often they are looked
at."""

from __future__ import annotations

from epochlint.expressions.values import Known, Value
from epochlint.scripts.branches import same_number
from epochlint.scripts.counts import branches_of, counter_of, loops_of
from epochlint.scripts.facts import Observation
from epochlint.scripts.limits import what_counts, what_happens
from epochlint.scripts.nests import closes_window
from epochlint.scripts.origins import factors, variable_of
from epochlint.scripts.recording import Branch, InLoop
from epochlint.scripts.sites import place_of
from epochlint.scripts.things import Scalar
from epochlint.scripts.wording import is_an_evaluation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Call, Frames
    from epochlint.scripts.training_loops import Found


def recurrences(machine: Machine, found: list[Found]) -> Iterator[Observation]:
    """Yield each condition `counter % period == 0` of a loop that accumulates gradients, once."""
    loops = {id(one.nest.loops[0]): one for one in found if one.window.size is not None and one.window.size.plain != 1}
    if not loops:
        return
    met: dict[int, tuple[Found, Branch, Frames, list[Call]]] = {}
    for call in machine.recorder.calls:
        around = loops_of(call.frames)
        one = next((loops[id(loop)] for loop in around if id(loop) in loops), None)
        if one is None:
            continue
        for index, frame in enumerate(call.frames):
            if isinstance(frame, Branch) and frame.kind == "every" and not frame.options and frame.held is None:
                met.setdefault(id(frame), (one, frame, call.frames[:index], []))[3].append(call)
    for one, branch, outside, calls in met.values():
        if branch is not one.window.branch and branch.period is not None:
            observation = _observe(machine, one, branch, outside, calls)
            if observation is not None:
                yield observation


def _observe(machine: Machine, found: Found, branch: Branch, outside: Frames, calls: list[Call]) -> Observation | None:
    place, period, size = place_of(branch.site), branch.period, found.window.size
    if place is None or period is None or size is None:
        return None
    beside = [
        frame
        for call in calls
        for frame in call.frames
        if isinstance(frame, Branch) and frame is not branch and _in_one_test(frame, branch)
    ]
    guarded = [one for one in (*beside, *branches_of(outside[len(found.nest.loops[0].frames) :])) if one.kind != "rank"]
    values: dict[str, Value] = {
        "counts": Known(_what(machine, found, branch)),
        "looked_at": Known(_how_often(machine, found, outside, branch)),
        "period": period.value,
        "period_counts": Known(_counted_by(period, found)),
        "window": size.value,
        "guarded": Known(any(closes_window(machine, one) or one.kind == "flag" for one in guarded)),
        "evaluates": Known(any(is_an_evaluation(call.callee) for call in calls)),
    }
    counter = branch.counter
    name = (counter.label or counter.text) if isinstance(counter, Scalar) else ""
    first = next((call for call in calls if is_an_evaluation(call.callee)), calls[0])
    places = {"condition": place, "action": place_of(first.site), "period": period.place}
    return Observation(
        "recurrence",
        place,
        tuple(values.items()),
        tuple((key, one) for key, one in places.items() if one is not None),
        (
            ("counter", name),
            ("period", period.label or period.text),
            ("action", first.callee.rpartition(".")[2]),
            ("window", size.label or size.text),
        ),
    )


def _in_one_test(frame: Branch, branch: Branch) -> bool:
    """Tell whether two conditions stand in the same `if`, joined by `and`."""
    one, other = place_of(frame.site), place_of(branch.site)
    return one is not None and other is not None and (one.path, one.line) == (other.path, other.line)


def _what(machine: Machine, found: Found, branch: Branch) -> str:
    """Tell what the counter of a condition counts in its loop."""
    counter, loop = counter_of(branch.counter), variable_of(branch.counter)
    if counter is not None:
        return what_counts(machine, found.nest, counter)
    if loop is not None and loop in (*found.nest.loops, found.nest.micro):
        return what_happens(machine, found.nest, (*loop.frames, InLoop(loop)))
    return ""


def _how_often(machine: Machine, found: Found, outside: Frames, branch: Branch) -> str:
    """Tell how often a condition is looked at: in each micro-batch, or in each step only."""
    telling = tuple(one for one in outside if not (isinstance(one, Branch) and _is_beside(one, branch)))
    return what_happens(machine, found.nest, telling)


def _is_beside(frame: Branch, branch: Branch) -> bool:
    """Tell whether a condition does not tell one micro-batch of a step from another."""
    return frame.kind in ("flag", "rank") or _in_one_test(frame, branch)


def _counted_by(period: Scalar, found: Found) -> str:
    """Tell what a period counts by what it was made of: a length that the size of a window divides is of steps."""
    made = factors(period)
    size = found.window.size
    lengths = [key for key, (power, _) in made.items() if power > 0]
    if not lengths or size is None:
        return ""
    for power, scalar in made.values():
        if power < 0 and (scalar.key == size.key is not None or same_number(scalar, size)):
            return "steps"
    batches = found.nest.batch_loop.length
    return "micro-batches" if batches is not None and batches.key is not None and batches.key in made else ""
