"""What variables are after a loop, and how many rounds a `while` has: sums over the rounds, where the steps are
even."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.scripts.joining import join_slot
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import combine, is_counter
from epochlint.scripts.properties import at_least_nothing
from epochlint.scripts.recording import Branch, InLoop
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Scalar
from epochlint.scripts.trail import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Loop
    from epochlint.scripts.sites import Site
    from epochlint.scripts.trail import Writes


def symbol_names(value: Value) -> set[str]:
    if not isinstance(value, Symbolic):
        return set()
    from epochlint.expressions import algebra

    return {symbol.name for symbol in algebra.symbols(value.term)}


def names_of_variables(machine: Machine, loop: Loop) -> set[str]:
    """Return the symbols of a loop's own variables."""
    del machine
    return symbol_names(loop.counter.value) if loop.counter is not None else set()


def final(
    machine: Machine,
    loop: Loop,
    side: Writes,
    starts: dict[tuple[int, Any], Any],
    rounds: Value,
    site: Site,
    even: set[tuple[int, Any]],
) -> Writes:
    """Return what is left behind after the last round, from what one round leaves behind; the state is that before
    the loop.

    `even` is filled with what every round changes by the same amount: sums over the rounds, true for no round as well.
    """
    result: Writes = {}
    for where, (slots, key, value) in side.items():
        start = slots.get(key, ABSENT)
        widened = starts.get(where)
        if value is widened:
            if start is not ABSENT:
                result[where] = (slots, key, start)  # no round changes it
            continue
        after, sums = _final(machine, loop, str(key), value, widened, start, rounds, site)
        if sums:
            even.add(where)
        result[where] = (slots, key, after)
    return result


def _final(
    machine: Machine, loop: Loop, name: str, value: Any, widened: Any, start: Any, rounds: Value, site: Site
) -> tuple[Any, bool]:
    """Return what a variable is after the last round, and whether that is an even sum."""
    if not isinstance(value, Scalar) or not symbol_names(value.value) & loop.variant:
        return value, False
    total: Value = UNKNOWN
    sums = False
    if isinstance(widened, Scalar) and isinstance(start, Scalar):
        step = combine("-", value.value, widened.value)
        if not symbol_names(step) & loop.variant:
            total = combine("+", start.value, combine("*", rounds, step))
            sums = not isinstance(total, Unknown)
    elif loop.counter is not None and value.value == loop.counter.value and _surely(rounds):
        total = combine("+", loop.start, combine("-", rounds, Known(1)))
    if isinstance(total, Unknown):
        key = ("after", loop.token, name, id(widened))
        total = machine.symbols.symbol(name, key, None, line_of(site), False, value.kind == "int")
        machine.globals_kept.append(widened)
    after = Scalar(total, value.site, "computed", None, value.kind)
    after.label, after.key = name, ("after", loop.token, name, id(value))
    if isinstance(widened, Scalar) and is_counter(widened):
        after.made, after.label = widened.made, widened.label  # it is still that counter
    machine.globals_kept.append(value)
    return after, sums


def _surely(rounds: Value) -> bool:
    return isinstance(rounds, Known) and isinstance(rounds.value, int) and rounds.value >= 1


def joined_with_start(after: Writes, even: set[tuple[int, Any]], site: Site) -> Writes:
    """Join what a loop leaves behind with what was before it, for it may have no round; even sums hold for none too."""
    result: Writes = {}
    for where, (slots, key, value) in after.items():
        present = slots.get(key, ABSENT)
        if where in even or present is ABSENT or present is value:
            result[where] = (slots, key, value)
        else:
            result[where] = (slots, key, join_slot(slots, [value, present], ["the loop has a round", ""], site))
    return result


def rounds_of_while(machine: Machine, loop: Loop, changes: int) -> Value | None:
    """Return how many rounds `while counter < limit` has whose body counts up once a round; None if it is not so
    simple."""
    if len(loop.test) != 1 or loop.test[0].kind != "limit":
        return None
    branch = loop.test[0]
    counter = branch.counter.made[1] if isinstance(branch.counter, Scalar) and branch.counter.made else None
    limit = branch.limit
    if counter is None or limit is None or getattr(counter, "start", None) is None:
        return None
    own = [change for change in machine.recorder.changes[changes:] if change.counter is counter]
    if len(own) != 1 or own[0].amount is None or not isinstance(own[0].amount.plain, int) or own[0].amount.plain < 1:
        return None
    inside = own[0].frames[len(loop.frames) :]
    if not inside or not isinstance(inside[0], InLoop) or inside[0].loop is not loop:
        return None
    each: Value = Known(own[0].amount.plain)
    for frame in inside[1:]:
        if not isinstance(frame, InLoop) or frame.loop.exits or symbol_names(frame.loop.iterations) & loop.variant:
            return None
        each = combine("*", each, frame.loop.iterations)
    start = before_loop(machine, loop, branch)
    if start is None or symbol_names(limit.value) & loop.variant:
        return None
    apart = combine("-", combine("-", limit.value, start.value), Known(branch.offset))
    if branch.sign == ">=":  # it runs while counter + offset < limit
        rounds = call_function("ceil", (combine("/", apart, each),))
    elif branch.sign == ">":
        rounds = combine("+", call_function("floor", (combine("/", apart, each),)), Known(1))
    else:
        return None
    return at_least_nothing(rounds)


def before_loop(machine: Machine, loop: Loop, branch: Branch) -> Scalar | None:
    """Return what the counter of a condition was before the loop began."""
    del machine
    start = loop.begun.get(id(branch.counter))
    return start if isinstance(start, Scalar) else None
