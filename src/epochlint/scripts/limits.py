"""What ends a training loop early: limits on counters, and conditions that nobody knows."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Value
from epochlint.scripts.branches import same_number
from epochlint.scripts.counts import branches_of, changes_of, counter_of, loops_of, remainder_of
from epochlint.scripts.nests import closes_window
from epochlint.scripts.operators import combine
from epochlint.scripts.recording import Branch
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.nests import Nest
    from epochlint.scripts.recording import Counter, Loop


class Limit:
    """A bound on the whole run: after `number` of what `counts` says, everything ends."""

    __slots__ = ("bound", "counts", "exact", "number", "overshoots")

    def __init__(self, counts: str, number: Scalar, bound: Value, overshoots: bool) -> None:
        self.counts = counts
        self.number = number
        self.bound = bound  # of the count itself, whatever the counter starts with
        self.overshoots = overshoots  # it is only looked at between passes


def limits_of(machine: Machine, nest: Nest) -> tuple[list[Limit], list[str]]:
    """Return the limits of a run, and the conditions that may end it without being a limit."""
    limits: list[Limit] = []
    others: list[str] = []
    inner: dict[int, tuple[Branch, str, Counter]] = {}
    outer: dict[int, list[tuple[Branch, str, Counter]]] = {}
    for position, loop in enumerate(nest.loops):
        for branch, leaves_all in _exits(loop):
            kind, counter = _counts(machine, nest, branch)
            if counter is None:
                if not _is_about_own_rounds(nest, loop, branch):
                    others.append(branch.text)
            elif position == 0 or leaves_all:
                outer.setdefault(id(counter), []).append((branch, kind, counter))
            else:
                inner[id(counter)] = (branch, kind, counter)
    for key, tests in outer.items():
        looks_inside = key in inner or len(nest.loops) == 1 or any(_leaves_from_inside(nest, test[0]) for test in tests)
        same = [_limit(*test, not looks_inside) for test in tests]
        limit = same[-1]
        if limit is not None and all(one is not None and one.bound == limit.bound for one in same):
            limits.append(limit)
        else:  # two tests of one counter that end the run at different counts
            others.extend(branch.text for branch, _, _ in tests)
    others.extend(
        f"{branch.text} leaves only the inner loop" for key, (branch, _, _) in inner.items() if key not in outer
    )
    return limits, others


def _exits(loop: Loop) -> list[tuple[Branch, bool]]:
    found = []
    for conditions, leaves_all in zip(loop.exits, loop.returns, strict=True):
        if len(conditions) == 1:
            found.append((conditions[0], leaves_all))
        else:
            whole = Branch("flag", " and ".join(one.text for one in conditions), conditions[0].site)
            found.append((whole, leaves_all))
    if not isinstance(loop.iterations, Known):
        found.extend((branch, False) for branch in loop.test)
    return found


def _counts(machine: Machine, nest: Nest, branch: Branch) -> tuple[str, Counter | None]:
    """Tell what the counter of a limit counts: optimizer steps or micro-batches of the whole run."""
    if branch.kind != "limit" or branch.limit is None or branch.sign not in (">", ">=", "=="):
        return "", None
    counter = counter_of(branch.counter)
    if counter is None or counter.start is None:
        return "", None
    kind = what_counts(machine, nest, counter)
    return kind, counter if kind else None


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


def _is_about_own_rounds(nest: Nest, loop: Loop, branch: Branch) -> bool:
    """Tell whether an exit only shortens its own loop by the loop's variable; `batches_within` sees to it."""
    counter = branch.counter
    own = (
        isinstance(counter, Scalar)
        and counter.made is not None
        and counter.made[0] == "var"
        and counter.made[1] is loop
    )
    return branch.kind == "limit" and own and loop is nest.batch_loop and branch.sign in (">", ">=", "==")


def _leaves_from_inside(nest: Nest, branch: Branch) -> bool:
    """Tell whether the exit stands in the innermost loop (a `return` there)."""
    return any(branch in conditions for conditions in nest.batch_loop.exits)


def _limit(branch: Branch, kind: str, counter: Counter, overshoots: bool) -> Limit | None:
    """Return a limit with the count after which it ends the run: the counter reaches it from its start in steps of
    one."""
    if branch.limit is None or counter.start is None or kind not in ("steps", "micro-batches"):
        return None
    bound = combine("-", branch.limit.value, counter.start.value)
    if branch.sign == ">":
        bound = combine("+", bound, Known(1))
    return Limit(kind, branch.limit, bound, overshoots)


def steps_within(
    limits: list[Limit], nest: Nest, steps: Value, micro: Value, window: Scalar | None
) -> tuple[Value, Value]:
    """Return the steps and micro-batches of a run that limits may end earlier."""
    if len(limits) != 1:
        return UNKNOWN, UNKNOWN
    limit = limits[0]
    if limit.overshoots:
        return UNKNOWN, UNKNOWN
    endless = nest.loops[0].kind in ("while", "endless")
    if limit.counts == "steps":
        total = limit.bound if endless else call_function("min", (steps, limit.bound))
        plain = window is None
        return total, total if plain else UNKNOWN
    total = limit.bound if endless else call_function("min", (micro, limit.bound))
    return (total if window is None else UNKNOWN), total


def batches_within(machine: Machine, nest: Nest, batches: Value) -> Value:
    """Return the micro-batches of a pass that a limit on the batch loop's own variable may end."""
    del machine
    loop = nest.batch_loop
    for conditions, _, calls in zip(loop.exits, loop.returns, loop.exit_calls, strict=True):
        if len(conditions) != 1 or not _is_about_own_rounds(nest, loop, conditions[0]):
            continue
        branch = conditions[0]
        if branch.limit is None or not isinstance(loop.start, Known):
            return UNKNOWN
        # In round n (from 1) the variable is start + n - 1; a step before the test is still made in the last round.
        last = combine("-", branch.limit.value, Known(branch.offset))
        last = combine("-", last, loop.start)
        if branch.sign == ">":
            last = combine("+", last, Known(1))
        if calls > nest.step.id:
            last = combine("+", last, Known(1))
        batches = call_function("min", (batches, last))
    return batches
