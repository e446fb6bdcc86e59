"""Tests of a counter that leave a loop: what the counter counts, and what goes on all the same."""

from __future__ import annotations

from epochlint.expressions.values import Known, Value
from epochlint.scripts.counts import branches_of, changes_of, counter_of, loops_of
from epochlint.scripts.facts import Observation
from epochlint.scripts.limits import what_counts
from epochlint.scripts.operators import combine
from epochlint.scripts.origins import leaves, loops_behind
from epochlint.scripts.recording import InLoop, Leaving
from epochlint.scripts.sites import place_of
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.wording import is_about_optimizer_steps, is_about_passes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Branch, Change, Counter, Loop
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Scalar
    from epochlint.scripts.training_loops import Found


def limits_of_counters(machine: Machine, found: list[Found]) -> Iterator[Observation]:
    """Yield each test of a counter against a number that ends a loop, once."""
    seen: set[tuple[int, int]] = set()
    for loop in machine.recorder.loops:
        for leaving in (*loop.exits, Leaving(loop.test, loop.test_ahead, 0)):
            for branch in leaving.conditions:
                counter = counter_of(branch.counter)
                place = place_of(branch.site)
                if counter is None or branch.limit is None or place is None or branch.kind != "limit":
                    continue
                if branch.sign not in (">", ">=", "==") or (place.line, id(loop)) in seen:
                    continue
                observation = _observe(machine, found, loop, leaving, branch, counter)
                if observation is not None:
                    seen.add((place.line, id(loop)))
                    yield observation


def _observe(
    machine: Machine, found: list[Found], loop: Loop, leaving: Leaving, branch: Branch, counter: Counter
) -> Observation | None:
    limit, changes = branch.limit, changes_of(machine, counter)
    ups = [change for change in changes if change.amount is not None]
    place = place_of(branch.site)
    if limit is None or place is None or len(ups) != 1 or len(changes) != 1 or loops_behind(limit):
        return None
    outer = _going_on(loop, counter, ups[0])
    values: dict[str, Value] = {
        "limit": limit.value,
        "counts": Known(_what(machine, found, counter)),
        "window": _window(found, counter, ups[0]),
        "asks_for_steps": Known(_asks_for_steps(machine, limit)),
        "sign": Known(branch.sign),
        "alone": Known(_is_alone(leaving, branch, limit)),
        "goes_on": Known(outer is not None),
        "unrelated": Known(outer is not None and _is_unrelated(limit, outer)),
        "before_the_work": Known(leaving.moment < ups[0].moment),
        "overridable": Known(limit.overridable or (outer is not None and _is_overridable(outer))),
        "trains": Known(bool(found) or (outer is not None and _is_about_passes(outer))),
    }
    if outer is not None:
        values["passes"], values["rounds"] = outer.iterations, loop.iterations
        values["reached_in"] = call_function("ceil", (combine("/", limit.value, loop.iterations),))
    places = {"test": place, "limit": limit.place, "count": place_of(_site_of(ups[0]))}
    if outer is not None:
        places["outer"] = place_of(outer.site)
    return Observation(
        "counter",
        place,
        tuple(values.items()),
        tuple((name, one) for name, one in places.items() if one is not None),
        (("counter", counter.name), ("limit", limit.label or limit.text), ("test", branch.text)),
    )


def _is_alone(leaving: Leaving, branch: Branch, limit: Scalar) -> bool:
    """Tell whether nothing else decides when a loop is left: what is said of the limit itself (`limit > 0`) does not
    count."""
    text = limit.label or limit.text
    return all(one is branch or (bool(text) and text in one.text) for one in leaving.conditions)


def _site_of(change: Change) -> Site:
    return change.value.site if change.value is not None else None


def _going_on(loop: Loop, counter: Counter, change: Change) -> Loop | None:
    """Return the loop around one that a test leaves, where it goes on with the same counter and nothing in it can end
    it."""
    if loop not in loops_of(change.frames):
        return None
    begun = loops_of(_first_of(counter).frames)
    outers = [one for one in loops_of(loop.frames) if one not in begun]
    if not outers or any(one.exits or one.test or one.always_breaks for one in outers):
        return None
    if any(one.kind not in ("range", "items") for one in outers):
        return None
    nearest = outers[-1]
    depth = next(at for at, frame in enumerate(loop.frames) if isinstance(frame, InLoop) and frame.loop is nearest)
    between = branches_of(loop.frames[depth + 1 :])
    return nearest if all(branch.kind == "rank" for branch in between) else None


def _first_of(counter: Counter) -> Counter:
    """Return the counter that another goes on from: that of the caller, where a function is given its count."""
    for _ in range(4):
        earlier = counter_of(counter.start)
        if earlier is None or earlier is counter:
            break
        counter = earlier
    return counter


def _what(machine: Machine, found: list[Found], counter: Counter) -> str:
    for one in found:
        what = what_counts(machine, one.nest, counter)
        if what:
            return what
    return ""


def _window(found: list[Found], counter: Counter, change: Change) -> Value:
    del counter
    for one in found:
        size = one.window.size
        if size is not None and loops_of(change.frames)[:1] == one.nest.loops[:1]:
            return size.value
    return Known(1)


def _asks_for_steps(machine: Machine, limit: Scalar) -> bool:
    """Tell whether the words beside a limit say that it is a number of optimizer steps."""
    option = machine.options.get(limit.key)
    return is_about_optimizer_steps(limit.label or limit.text, option.about if option is not None else "")


def _is_unrelated(limit: Scalar, outer: Loop) -> bool:
    """Tell whether neither a limit nor the rounds of a loop were made from the other, nor both from a third."""
    length = outer.length
    if length is None:
        return False
    own, others = leaves(limit), leaves(length)
    plain = limit.known or limit.key is not None or limit.made is not None
    return plain and own.isdisjoint(others) and (length.known or length.made is not None or length.key is not None)


def _is_overridable(loop: Loop) -> bool:
    return loop.length is not None and loop.length.overridable


def _is_about_passes(loop: Loop) -> bool:
    head = getattr(loop.site[1], "iter", None) if isinstance(loop.site, tuple) else None
    counted = loop.site[0].text(head) if isinstance(loop.site, tuple) and head is not None else ""
    return any(is_about_passes(text) for text in (*loop.targets, counted))
