"""How often things happen: the rounds of the loops around them, and the share of rounds that a condition lets
through."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.scripts.branches import same_number
from epochlint.scripts.operators import combine, linear
from epochlint.scripts.recording import Branch, InLoop
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Change, Counter, Frames, Loop
    from epochlint.scripts.training_loops import Found

ONE = Known(1)


def loops_of(frames: Frames) -> tuple[Loop, ...]:
    return tuple(frame.loop for frame in frames if isinstance(frame, InLoop))


def branches_of(frames: Frames) -> tuple[Branch, ...]:
    """Return the conditions that may keep something from happening; those that are known to hold are none."""
    return tuple(frame for frame in frames if isinstance(frame, Branch) and frame.held is not True)


def product(loops: tuple[Loop, ...]) -> Value:
    total: Value = ONE
    for loop in loops:
        total = combine("*", total, loop.iterations)
    return total


def is_cut(loop: Loop) -> bool:
    """Tell whether a loop may end before its last round."""
    return bool(loop.exits)


def runs(machine: Machine) -> dict[int, Value]:
    """Return, by number, how often each call happens in the whole run, as far as that can be told."""
    found: dict[int, Value] = {}
    for call in machine.recorder.calls:
        total = times(machine, call.frames)
        if not isinstance(total, Unknown):
            found[call.id] = total
    return found


def times(machine: Machine, frames: Frames) -> Value:
    """Return how often something under these frames happens; unknown if a condition decides that nobody knows."""
    loops = loops_of(frames)
    if any(is_cut(loop) for loop in loops):
        return UNKNOWN
    rounds: dict[int, Value] = {id(loop): loop.iterations for loop in loops}
    limited: set[int] = set()  # the loops of whose rounds a condition lets only some through
    conditions = branches_of(frames)
    for branch in conditions:
        if branch.held is False:
            return Known(0)
        loop = _own_loop(branch.counter, frames)
        if loop is None:
            return _by_counter(machine, branch, frames) if len(conditions) == 1 else UNKNOWN
        if id(loop) in limited:
            return UNKNOWN
        limited.add(id(loop))
        rounds[id(loop)] = _let_through(branch, loop)
    total: Value = ONE
    for one in rounds.values():
        total = combine("*", total, one)
    return total


def _let_through(branch: Branch, loop: Loop) -> Value:
    """Return how many rounds of its own loop a condition lets through."""
    if branch.kind in ("first", "last") and not branch.options:
        return call_function("min", (ONE, loop.iterations))
    return hits(loop.iterations, branch, loop.start) if branch.kind == "every" else UNKNOWN


def _by_counter(machine: Machine, branch: Branch, frames: Frames) -> Value:
    """Return how often a condition on a variable holds that is counted up in the same loops."""
    if branch.kind != "every" or branch.options:
        return UNKNOWN
    counted = counted_by(machine, branch, frames)
    if counted is None:
        return UNKNOWN
    passes, rounds, start = counted
    return combine("*", passes, hits(rounds, branch, start))


def _own_loop(counter: object, frames: Frames) -> Loop | None:
    """Return the loop around whose variable a counter is."""
    if isinstance(counter, Scalar) and counter.made is not None and counter.made[0] == "var":
        loop = counter.made[1]
        return loop if loop in loops_of(frames) else None
    return None


def counted_by(machine: Machine, branch: Branch, frames: Frames) -> tuple[Value, Value, Value] | None:
    """Return how often a counter is counted up in the run and what it starts with, if it goes up by one and is never
    set."""
    counter = counter_of(branch.counter)
    if counter is None or counter.start is None or not counter.start.known:
        return None
    changes = changes_of(machine, counter)
    if len(changes) != 1 or changes[0].amount is None or changes[0].amount.plain != 1:
        return None
    if branches_of(changes[0].frames) or loops_of(changes[0].frames) != loops_of(frames):
        return None
    outer = loops_of(counter.frames)
    return product(outer), product(loops_of(frames)[len(outer) :]), counter.start.value


def counter_of(scalar: object) -> Counter | None:
    """Return the variable that a number in a loop is, if it is one that loops change."""
    if isinstance(scalar, Scalar) and scalar.made is not None and scalar.made[0] == "counter":
        return scalar.made[1]  # type: ignore[no-any-return]
    return None


def changes_of(machine: Machine, counter: Counter) -> list[Change]:
    return [change for change in machine.recorder.changes if change.counter is counter]


def remainder_of(branch: Branch) -> int | None:
    """Return the whole number that `counter % period` is compared with: 0, or -1 for `period - 1`; None if it is not
    known."""
    if branch.remainder is None or branch.period is None:
        return None
    if type(branch.remainder.plain) is int:
        return branch.remainder.plain
    base, offset = linear(branch.remainder)
    return offset if same_number(base, branch.period) else None


def window_offset(branch: Branch, start: Value) -> int | None:
    """Return the remainder that the number of rounds so far (from 1) leaves when the condition holds; None if not
    known.

    With a counter that is `start` in the first round: (start + rounds - 1 + offset) % period == remainder.
    """
    remainder = remainder_of(branch)
    if remainder is None or not isinstance(start, Known) or type(start.value) is not int or branch.period is None:
        return None
    offset = remainder - branch.offset - start.value + 1
    period = branch.period.plain
    return offset % period if type(period) is int and period > 0 else offset


def hits(rounds: Value, branch: Branch, start: Value, flushed: bool = False) -> Value:
    """Return in how many of the rounds a condition holds that holds every so often, by its options or because the rest
    is `flushed` also in the last one."""
    kinds = sorted(option.kind for option in branch.options)
    if kinds not in ([], ["every"], ["every", "last"]):
        return UNKNOWN
    last = flushed or "last" in kinds
    offset = window_offset(branch, start)
    if offset is None or branch.period is None:
        return UNKNOWN
    period = branch.period.value
    if isinstance(period, Known) and (type(period.value) is not int or period.value < 1):
        return UNKNOWN
    if last:
        return call_function("ceil", (combine("/", rounds, period),)) if offset == 0 else UNKNOWN
    if offset == 0:
        return combine("//", rounds, period)
    if offset == 1:
        return call_function("ceil", (combine("/", rounds, period),))
    if isinstance(rounds, Known) and isinstance(period, Known):
        return Known((rounds.value - offset) // period.value + 1) if rounds.value >= offset else Known(0)  # type: ignore[operator]
    return UNKNOWN


def of_branches(machine: Machine, found: list[Found]) -> dict[int, str]:
    """Return, by identity of a branch, what its counter counts: micro-batches, steps or epochs."""
    from epochlint.scripts.limits import what_counts, what_happens

    told: dict[int, str] = {}
    for call in machine.recorder.calls:
        for frame in call.frames:
            if isinstance(frame, Branch) and frame.counter is not None and id(frame) not in told:
                told[id(frame)] = ""
                for one in found:
                    nest = one.nest
                    counter = counter_of(frame.counter)
                    loop = _own_loop(frame.counter, call.frames)
                    if counter is not None:
                        told[id(frame)] = what_counts(machine, nest, counter)
                    elif loop is not None and loop in (*nest.loops, nest.micro):
                        told[id(frame)] = what_happens(machine, nest, (*loop.frames, InLoop(loop)))
                    if told[id(frame)]:
                        break
    return told
