"""When evaluations, checkpoints and log lines happen: arithmetic over a timeline, never a walk through steps."""

from __future__ import annotations

from itertools import islice

from epochlint.plan.event_policy import CLOCKS, EventPolicy, allowed, check_event, exact, first_moment, limit_of, period
from epochlint.plan.event_tracks import TooIrregular
from epochlint.plan.event_walk import EventWalk
from epochlint.plan.loop_timeline import Timeline
from epochlint.plan.plan import Occurrences
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from epochlint.plan.event_policy import Exact

WHOLE = 10_000  # a list of so many occurrences is given whole; of a longer one the ends
ENDS = 100


@record
class Ticks:
    """Rising values of a clock, by position from 0."""

    count: int
    value: Callable[[int], int]


Moment = tuple[int, int]  # (micro-batch, optimizer step) after which something happens; -1, 0 before the run


def occurrences(policy: EventPolicy, timeline: Timeline | None) -> Occurrences:
    """Return the optimizer steps at which an event happens, repeats kept; 0 is before the first step.

    A timeline of None is a run without end. A policy that means nothing raises a PolicyError (a ValueError).
    """
    unknown = _why_unknown(policy, timeline)
    if unknown or timeline is None:
        return Occurrences(None, reason=unknown)
    ticks = _plain_ticks(policy, timeline)
    if ticks is None:
        return _walked(policy, timeline)
    before, after = _extras(policy, timeline, ticks)
    step = _step_of(policy.clock, timeline)
    count = len(before) + ticks.count + len(after)
    first, last = [step for _, step in before], [step for _, step in after]
    if count <= WHOLE:
        return Occurrences(count, (*first, *[step(ticks.value(index)) for index in range(ticks.count)], *last))
    head = [step(ticks.value(index)) for index in range(min(ticks.count, ENDS))]
    tail = [step(ticks.value(index)) for index in range(max(0, ticks.count - ENDS), ticks.count)]
    return Occurrences(count, tuple((*first, *head)[:ENDS]), tuple((*tail, *last)[-ENDS:]))


def occurrences_of(policies: tuple[EventPolicy, ...], timeline: Timeline | None) -> Occurrences:
    """Add up the policies of one event; what several of them ask for after the same micro-batch happens once, unless
    one asks for it `again`."""
    if len(policies) == 1:
        return occurrences(policies[0], timeline)
    parts = [occurrences(policy, timeline) for policy in policies]
    unknown = next((part for part in parts if part.count is None), None)
    if unknown is not None or timeline is None:
        return Occurrences(None, reason=unknown.reason if unknown else "")
    lively = [policy for policy, part in zip(policies, parts, strict=True) if part.count]
    if len(lively) == 1:
        return next(part for part in parts if part.count)
    if sum(part.count or 0 for part in parts) > WHOLE:
        return Occurrences(None, reason="too many to be added up")
    taken: dict[int, list[int]] = {}
    for policy in lively:
        own: dict[int, list[int]] = {}
        for micro_batch, step in _moments(policy, timeline):
            own.setdefault(micro_batch, []).append(step)
        for micro_batch, steps in own.items():
            before = taken.get(micro_batch, [])
            taken[micro_batch] = before + steps if policy.again else max(before, steps, key=len)
    head = tuple(step for micro_batch in sorted(taken) for step in taken[micro_batch])
    return Occurrences(len(head), head)


def _why_unknown(policy: EventPolicy, timeline: Timeline | None) -> str:
    check_event(policy)
    if timeline is None:
        return "the run never ends"
    return "the batch size is not known" if policy.clock == "samples" and not timeline.full else ""


def _moments(policy: EventPolicy, timeline: Timeline) -> Iterator[Moment]:
    ticks = _plain_ticks(policy, timeline)
    if ticks is None:
        yield from EventWalk(policy, timeline, period(policy)).moments()
        return
    before, after = _extras(policy, timeline, ticks)
    step, batch = _step_of(policy.clock, timeline), _batch_of(policy.clock, timeline)
    yield from before
    yield from ((batch(value), step(value)) for value in map(ticks.value, range(ticks.count)))
    yield from after


# --- clocks that move by one ------------------------------------------------------------------------------------------


def _plain_ticks(policy: EventPolicy, timeline: Timeline) -> Ticks | None:
    """Return the ticks of an event by arithmetic alone; None if it takes a walk over the epochs."""
    if "epoch_end" in policy.also or policy.checked not in ("", CLOCKS[policy.clock]):
        return None
    every = period(policy)
    if policy.clock == "micro-batches-of-epoch":
        return Ticks(0, lambda _: 0) if every is None and not policy.at else None
    if policy.clock == "samples":
        coarse = every is not None and every >= max(timeline.full, timeline.last)
        if policy.at or (every is not None and not (policy.test == "crossing" and coarse)):
            return None
        last, first = timeline.samples_at(timeline.micro_batches), 1
    elif policy.clock == "steps":
        last, first = timeline.steps, 1
    elif policy.clock == "epochs":
        ends = timeline.epochs if "partial_epoch" in policy.also else timeline.completed
        first, last = timeline.first_epoch + 1, timeline.first_epoch + ends
        if ends > timeline.completed and timeline.first_epoch + timeline.epochs_run < policy.start:
            last -= 1  # the part of an epoch that was done does not reach the start
    else:
        last, first = timeline.micro_batches, 1
    if policy.at:
        chosen = sorted(tick for tick in set(policy.at) if first <= tick <= last and allowed(policy, tick))
        return Ticks(len(chosen), chosen.__getitem__)
    if every is None:
        return Ticks(0, lambda _: 0)
    return _multiples(policy, every, first, last)


def _multiples(policy: EventPolicy, every: Exact, first: int, last: int) -> Ticks:
    if policy.test == "crossing" and every >= 1:
        return _crossings(policy, every, first, last)
    limit = limit_of(policy)
    first = max(first, _up(exact(policy.start), 1))
    last = last if limit is None else min(last, int(limit // 1))
    step = 1 if policy.test == "crossing" else every.numerator  # whole multiples of a fraction in lowest terms
    begin = first + (policy.offset - first) % step
    return Ticks(max(0, (last - begin) // step + 1), lambda index: begin + index * step)


def _crossings(policy: EventPolicy, every: Exact, first: int, last: int) -> Ticks:
    """Return the ticks at which a clock passes `offset + n * every`, which is at least `start` and at most `limit`."""
    offset = policy.offset
    low = max(int((first - 1 - offset) // every) + 1, _up(exact(policy.start) - offset, every))
    limit = limit_of(policy)
    high = int(((last if limit is None else min(last, limit)) - offset) // every)
    return Ticks(max(0, high - low + 1), lambda index: offset + _up((low + index) * every, 1))


def _step_of(clock: str, timeline: Timeline) -> Callable[[int], int]:
    """Return what turns a value of a clock into the optimizer step at which it is reached."""
    if clock == "steps":
        return lambda value: value
    if clock == "epochs":
        return lambda value: timeline.steps_at(timeline.end_of_epoch(value - timeline.first_epoch))
    if clock == "samples":
        return lambda value: timeline.steps_at(timeline.micro_batch_of_sample(value))
    return timeline.steps_at


def _batch_of(clock: str, timeline: Timeline) -> Callable[[int], int]:
    if clock == "steps":
        return timeline.micro_batch_of_step
    if clock == "epochs":
        return lambda value: timeline.end_of_epoch(value - timeline.first_epoch)
    return timeline.micro_batch_of_sample if clock == "samples" else lambda value: value


def _extras(policy: EventPolicy, timeline: Timeline, ticks: Ticks) -> tuple[list[Moment], list[Moment]]:
    """Return the additional moments before and after the ticks."""
    batch = _batch_of(policy.clock, timeline)
    first = batch(ticks.value(0)) if ticks.count else None
    last = batch(ticks.value(ticks.count - 1)) if ticks.count else None
    before = [(-1, 0)] if "run_start" in policy.also else []
    opening = first_moment(policy, timeline)
    if "first" in policy.also and opening is not None and opening != first:
        before.append((opening, timeline.steps_at(opening)))
        last = opening if last is None else last
    happens = "run_end" in policy.also and (timeline.epochs if policy.clock == "epochs" else timeline.micro_batches)
    after = [(timeline.micro_batches, timeline.steps)] if happens and last != timeline.micro_batches else []
    return before, after


def _up(value: Exact, by: Exact) -> int:
    """Divide, and round up."""
    return int(-(-value // by))


# --- by walking over the epochs ---------------------------------------------------------------------------------------


def _walked(policy: EventPolicy, timeline: Timeline) -> Occurrences:
    walk = EventWalk(policy, timeline, period(policy))
    count = walk.count()
    if count is not None and count <= WHOLE:
        head = _taken(walk.moments(), count)
        if len(head) == count:
            return Occurrences(count, head)
    elif count is not None:
        head, tail = _taken(walk.moments(), ENDS), _taken(walk.moments(backward=True), ENDS)
        if len(head) == len(tail) == ENDS:
            return Occurrences(count, head, tail[::-1])
    return Occurrences(None, reason="too irregular to be counted")


def _taken(moments: Iterator[Moment], most: int) -> tuple[int, ...]:
    """Return the steps of the first so many moments of a walk, or what it came to before it ran out of fuel."""
    taken: list[int] = []
    try:
        for _, step in islice(moments, most):
            taken.append(step)
    except TooIrregular:
        pass
    return tuple(taken)
