"""What ends a training loop early: limits on counters, and conditions that nobody knows."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.scripts.branches import same_number
from epochlint.scripts.counts import branches_of, changes_of, counter_of, loops_of, remainder_of
from epochlint.scripts.nests import closes_window
from epochlint.scripts.operators import combine
from epochlint.scripts.recording import Leaving
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.symbolic import is_count
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.nests import Nest
    from epochlint.scripts.recording import Branch, Call, Change, Counter, Loop


class Limit:
    """A bound on the whole run: after `number` of what `counts` says, everything ends.

    `steps` and `micro_batches` are made until then; unknown where the limit is only looked at between passes.
    """

    __slots__ = ("counts", "micro_batches", "number", "steps")

    def __init__(self, counts: str, number: Scalar, steps: Value, micro_batches: Value) -> None:
        self.counts = counts
        self.number = number
        self.steps = steps
        self.micro_batches = micro_batches


class Test:
    """A condition on a counter that leaves a loop of a nest, in the `moment` of a round (0: at its beginning).

    `ahead` is what it adds to the counter as it then is; `always` tells that it is looked at in every round, else only
    in those in which the counter goes up.
    """

    __slots__ = ("ahead", "always", "branch", "counter", "counts", "level", "moment")

    def __init__(self, branch: Branch, counter: Counter, counts: str, level: int, leaving: Leaving, ahead: int) -> None:
        self.branch = branch
        self.counter = counter
        self.counts = counts
        self.level = level
        self.moment = leaving.moment
        self.always = len(leaving.conditions) == 1
        self.ahead = ahead


def limits_of(machine: Machine, nest: Nest) -> tuple[list[Limit], list[str]]:
    """Return the limits of a run, and the conditions that may end it without being a limit."""
    limits: list[Limit] = []
    others: list[str] = []
    tests: dict[int, list[Test]] = {}
    for level, loop in enumerate(nest.loops):
        for leaving in _leavings(loop):
            test = _test(machine, nest, level, leaving)
            if test is not None:
                tests.setdefault(id(test.counter), []).append(test)
            elif not _is_about_own_rounds(nest, loop, leaving):
                others.append(" and ".join(one.text for one in leaving.conditions))
    for same in tests.values():
        limit = _limit(machine, nest, same)
        if limit is not None:
            limits.append(limit)
        elif all(test.level > 0 for test in same):
            others.extend(f"{test.branch.text} leaves only the inner loop" for test in same)
        else:
            others.extend(test.branch.text for test in same)
    return limits, others


def _leavings(loop: Loop) -> list[Leaving]:
    """Return the ways out of a loop; the test of a `while` is one in the first moment of a round."""
    if not loop.test or isinstance(loop.iterations, Known):
        return loop.exits
    return [*loop.exits, Leaving(loop.test, loop.test_ahead, 0)]


def _test(machine: Machine, nest: Nest, level: int, leaving: Leaving) -> Test | None:
    """Return the test of a counter that a way out is: alone, or where the counter goes up; None for all others."""
    for branch, ahead in zip(leaving.conditions, leaving.ahead, strict=True):
        counter = counter_of(branch.counter)
        if branch.kind != "limit" or branch.limit is None or branch.sign not in (">", ">=", "=="):
            continue
        if counter is None or counter.start is None or ahead is None:
            continue
        counts = what_counts(machine, nest, counter)
        others = tuple(one for one in leaving.conditions if one is not branch)
        if counts and (not others or same_conditions(others, _conditions_inside(machine, nest.loops[level], counter))):
            return Test(branch, counter, counts, level, leaving, ahead)
    return None


def _conditions_inside(machine: Machine, loop: Loop, counter: Counter) -> tuple[Branch, ...]:
    """Return the conditions between a loop and where a counter goes up."""
    return branches_of(changes_of(machine, counter)[0].frames[len(loop.frames) :])


def what_counts(machine: Machine, nest: Nest, counter: Counter) -> str:
    """Tell what a variable counts over the whole run: steps, micro-batches, epochs; empty if that is not clear."""
    changes = changes_of(machine, counter)
    if len(changes) != 1 or changes[0].amount is None or changes[0].amount.plain != 1:
        return ""
    if nest.loops[0] in loops_of(counter.frames):  # it begins anew each round
        return ""
    return what_happens(machine, nest, changes[0].frames)


def what_happens(machine: Machine, nest: Nest, frames: tuple[object, ...]) -> str:
    """Tell what happens as often as something under these frames: steps, micro-batches or epochs."""
    loops = loops_of(frames)  # type: ignore[arg-type]
    own = loops_of(nest.step.frames)
    conditions = branches_of(frames[len(nest.loops[0].frames) :])  # type: ignore[arg-type]
    needed = nest.conditions(nest.step)
    if loops == own and conditions and all(closes_window(machine, one) for one in conditions):
        return "steps"
    if nest.micro is not None and loops == (*own, nest.micro) and not conditions:
        return "micro-batches"
    if loops == own and not conditions and any(one.role == "accumulates" for one in nest.contexts(nest.step)):
        return "micro-batches"
    if loops == own:
        if same_conditions(conditions, needed):
            return "steps"
        return "micro-batches" if not conditions else ""
    if len(own) > 1 and loops == own[:-1] and not conditions:
        return "epochs"
    return ""


def same_conditions(first: tuple[Branch, ...], second: tuple[Branch, ...]) -> bool:
    """Tell whether two lists of conditions are certain to hold in the same rounds."""
    return len(first) == len(second) and all(_same(one, other) for one, other in zip(first, second, strict=True))


def _same(one: Branch, other: Branch) -> bool:
    if one is other:
        return True
    if one.kind != other.kind or one.kind != "every" or one.period is None or other.period is None:
        return False
    same_counter = one.counter is other.counter or counter_key(one) == counter_key(other) is not None
    options = sorted(option.kind for option in one.options) == sorted(option.kind for option in other.options)
    return (
        same_counter
        and one.offset == other.offset
        and same_number(one.period, other.period)
        and remainder_of(one) == remainder_of(other)
        and options
    )


def counter_key(branch: Branch) -> object:
    made = branch.counter.made if isinstance(branch.counter, Scalar) else None
    return made[1] if made is not None and made[0] == "var" else None


def _is_about_own_rounds(nest: Nest, loop: Loop, leaving: Leaving) -> bool:
    """Tell whether an exit only shortens its own loop by the loop's variable; `batches_within` sees to it."""
    if len(leaving.conditions) != 1 or loop is not nest.batch_loop:
        return False
    branch = leaving.conditions[0]
    counter = branch.counter
    own = isinstance(counter, Scalar) and counter.made is not None and counter.made == ("var", loop)
    once = all(other.moment != leaving.moment for one in nest.loops if one is not loop for other in one.exits)
    return own and once and branch.kind == "limit" and branch.sign in (">", ">=", "==")


def _limit(machine: Machine, nest: Nest, tests: list[Test]) -> Limit | None:
    """Return the limit that the tests of one counter make together; None if they do not end the run at one count."""
    first = tests[0]
    bounds = [_bound(test) for test in tests]
    bound = bounds[0]
    if first.counts not in ("steps", "micro-batches") or bound is None or any(one != bound for one in bounds):
        return None
    number = next((test.branch.limit for test in tests if test.level == 0), None)
    if number is None:
        return None
    inside = [test for test in tests if test.level == len(nest.loops) - 1]
    changes = changes_of(machine, first.counter)
    if not inside or loops_of(changes[0].frames)[-1] is not nest.batch_loop:
        return Limit(first.counts, number, UNKNOWN, UNKNOWN)
    if len(inside) > 1 or len({test.level for test in tests}) < len(nest.loops):
        return None
    # With a test at the beginning of the outermost loop no round is made where the limit is not above the start.
    guarded = any(test.level == 0 and test.moment == 0 for test in tests)
    until = _Until(nest, bound, inside[0], changes[0], guarded)
    plain = first.counts == "micro-batches" or inside[0].always
    alike = first.counts == "steps" or not nest.conditions(nest.step)
    return Limit(
        first.counts,
        number,
        until.made(nest.step) if alike else UNKNOWN,
        until.made(nest.collecting) if plain else UNKNOWN,
    )


def _bound(test: Test) -> Value | None:
    """Return how often the counter must have gone up for the test to hold; None if that may never be so."""
    branch = test.branch
    if branch.limit is None or test.counter.start is None:
        return None
    bound = combine("-", branch.limit.value, combine("+", test.counter.start.value, Known(test.ahead)))
    if branch.sign == ">":
        bound = combine("+", bound, Known(1))
    if isinstance(bound, Unknown):
        return None
    # `==` holds only if the counter comes by; of a number that nobody knows it is taken for granted.
    comes_by = isinstance(bound, Symbolic) or is_count(combine("-", bound, Known(1)))
    return bound if branch.sign != "==" or comes_by else None


class _Until:
    """What is made until the test inside a loop ends the run: in each round something before it, something after.

    The counter goes up once a round, before the test or after it; the last round ends at the test.
    """

    def __init__(self, nest: Nest, bound: Value, test: Test, change: Change, guarded: bool) -> None:
        self.nest = nest
        self.bound = bound
        self.test = test
        self.change = change
        self.guarded = guarded

    def made(self, call: Call) -> Value:
        """Return how often a call is made that is made in each round in which the counter goes up."""
        test, change = self.test, self.change
        counted_first, called_first = change.moment < test.moment, call.moment < test.moment
        if self._may_leave_between(call):
            return UNKNOWN
        seldom = bool(branches_of(change.frames[len(self.nest.batch_loop.frames) :])) and test.always
        if seldom and called_first and not counted_first:
            return UNKNOWN  # the run ends in the round after, in which the call may be made or not
        bound = self.bound
        rounds = bound if counted_first else combine("+", bound, Known(1))
        if isinstance(bound, Known) and isinstance(bound.value, int | float) and bound.value < 1:
            if self.guarded:
                return Known(0)
            if seldom:
                return UNKNOWN
            rounds = Known(1)  # it holds when it is first looked at
        return rounds if called_first else combine("-", rounds, Known(1))

    def _may_leave_between(self, call: Call) -> bool:
        """Tell whether another exit may come between the call, the counting and the test of a round."""
        moments = (call.moment, self.change.moment, self.test.moment)
        first, last = min(moments), max(moments)
        others = (one.moment for loop in self.nest.loops for one in loop.exits if one.moment != self.test.moment)
        return any(first < moment < last for moment in others)


def steps_within(
    limits: list[Limit], nest: Nest, steps: Value, micro: Value, window: Scalar | None
) -> tuple[Value, Value]:
    """Return the steps and micro-batches of a run that limits may end earlier."""
    if len(limits) != 1:
        return UNKNOWN, UNKNOWN
    limit = limits[0]
    most_steps, most_micro = limit.steps, limit.micro_batches
    if window is not None and limit.counts == "steps":
        most_micro = UNKNOWN
    if window is not None and limit.counts == "micro-batches":
        most_steps = UNKNOWN
    if nest.loops[0].closed and isinstance(limit.steps, Unknown) and isinstance(limit.micro_batches, Unknown):
        return steps, micro  # its rounds follow from the test
    if nest.loops[0].kind in ("while", "endless"):
        return most_steps, most_micro
    return call_function("min", (steps, most_steps)), call_function("min", (micro, most_micro))


def batches_within(nest: Nest, batches: Value) -> Value:
    """Return the micro-batches of a pass that a limit on the batch loop's own variable may end."""
    loop = nest.batch_loop
    for leaving in loop.exits:
        if not _is_about_own_rounds(nest, loop, leaving):
            continue
        branch = leaving.conditions[0]
        if branch.limit is None or not isinstance(loop.start, Known):
            return UNKNOWN
        # In round n (from 1) the variable is start + n - 1; the last round ends at the test.
        last = combine("-", branch.limit.value, combine("+", loop.start, Known(branch.offset)))
        last = combine("+", last, Known(2 if branch.sign == ">" else 1))
        if isinstance(last, Known) and isinstance(last.value, int | float) and last.value < 1:
            if branch.sign == "==":
                continue
            last = Known(1)
        before = {call.moment < leaving.moment for call in (*nest.steps, *nest.backwards)}
        if len(before) != 1:
            return UNKNOWN
        batches = call_function("min", (batches, last if True in before else combine("-", last, Known(1))))
    return batches
