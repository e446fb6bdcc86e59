"""The loop machine against a loop that really goes from batch to batch, over random policies."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.plan.event_policy import EventPolicy
from epochlint.plan.events import occurrences, occurrences_of
from epochlint.plan.loop_bounds import run_bounds
from epochlint.plan.loop_policy import LoopPolicy, LoopResult, StopAt
from epochlint.plan.loop_timeline import Timeline
from epochlint.plan.machine import run_loop
from epochlint.records import replace

PATIENCE = 400  # micro-batches, and epochs, after which the naive loop is taken to run for ever


class Batch(NamedTuple):
    """What is true once a micro-batch is done."""

    epoch: int
    of_epoch: int
    steps: int
    samples: int
    stepped: bool


class Seen(NamedTuple):
    batches: list[Batch]
    epoch_ends: list[int]  # micro-batches done at the end of each completed epoch
    epochs_begun: int
    ended_by: str
    steps: int
    part: float
    discarded: int
    pending: int
    ends: bool


class _Ended(Exception):
    pass


class _OutOfPatience(Exception):
    pass


class _Naive:
    """A training loop, written as plainly as possible."""

    def __init__(self, policy: LoopPolicy) -> None:
        self.policy = policy
        self.batches: list[Batch] = []
        self.ends: list[int] = []
        self.steps = self.samples = self.begun = 0
        self.position = 0
        self.gone = False
        self.fill = policy.window_start % self.window()
        self.waiting = self.discarded = 0
        self.part = 0.0
        self.ended_by = ""

    def window(self, inside: bool = False) -> int:
        size = 0
        epoch_begun = inside and self.policy.window_by == "epochs"
        for start, value in self.policy.rows():
            if self.count(self.policy.window_by) - epoch_begun >= start:
                size = value
        return size

    def count(self, counter: str) -> float:
        if counter == "micro_batches":
            return len(self.batches)
        if counter == "steps":
            return self.steps
        return self.samples if counter == "samples" else self.policy.first_epoch + self.begun

    def look(self, moment: str, progress: float | None = None) -> None:
        for stop in self.policy.stops:
            value = progress if stop.counter == "epochs" and progress is not None else self.count(stop.counter)
            if stop.after == moment and value >= stop.limit:
                self.ended_by = stop.name or stop.counter
                raise _Ended

    def run(self) -> Seen:
        ends = True
        try:
            self.look("start")
            self.look("epoch")
            while len(self.batches) < PATIENCE and self.begun < PATIENCE:
                self.epoch()
                self.look("epoch")
            ends = False
        except _OutOfPatience:
            ends = False
        except _Ended:
            pass
        if ends and self.policy.tail == "flush_at_run_end" and self.waiting:
            self.steps += 1
            self.waiting = 0
        return Seen(
            self.batches,
            self.ends,
            self.begun,
            self.ended_by,
            self.steps,
            self.part,
            self.discarded,
            self.waiting,
            ends,
        )

    def epoch(self) -> None:
        policy, data = self.policy, self.policy.pass_batches
        if not policy.keeps_position or self.gone:
            self.position = 0
        if not policy.carries:
            self.fill = policy.window_start % self.window()
        before = self.policy.first_epoch + self.begun
        self.begun += 1
        done, ran_out = 0, False
        planned = self.planned()
        while policy.epoch_batches is None or done < policy.epoch_batches:
            if data == 0 or (self.gone and done == planned):
                ran_out = data == 0 and policy.pass_end != "restart"
                break
            if data is not None and self.position == data:
                if policy.epoch_batches is None:
                    break
                if policy.pass_end != "restart":
                    ran_out = True
                    break
                self.position = 0
            done += 1
            last = done == planned
            self.part = 0.0 if last or not planned else done / planned
            self.batch(before, done, last, None if planned is None else done / planned)
            if len(self.batches) > PATIENCE:
                raise _OutOfPatience
        if not planned:
            self.ends.append(len(self.batches))
        if policy.epoch_batches is None and data is not None and policy.pass_end != "restart" and not self.gone:
            ran_out = True
        if policy.pass_end == "short_epoch" and (ran_out or self.position == data):
            self.position = 0
        if ran_out and policy.pass_end == "exhausted":
            self.gone = True
        if ran_out and policy.pass_end == "stop":
            self.ended_by = "data"
            raise _Ended
        if done == 0 and policy.empty_epoch == "stops":
            self.ended_by = "empty_epoch"
            raise _Ended

    def planned(self) -> int | None:
        policy, data = self.policy, self.policy.pass_batches
        if data == 0:
            return 0
        if self.gone:
            left = min(policy.left_over, data or policy.left_over)
            return left if policy.epoch_batches is None else min(left, policy.epoch_batches)
        if policy.epoch_batches is None:
            return data
        if data is None or policy.pass_end == "restart":
            return policy.epoch_batches
        return min(policy.epoch_batches, data - self.position)

    def batch(self, epochs_before: int, of_epoch: int, last_of_epoch: bool, part: float | None) -> None:
        policy = self.policy
        size = self.window(inside=True)
        self.position += 1
        at_pass_end = policy.pass_batches is not None and self.position == policy.pass_batches
        sizes = policy.sample_counts()
        if sizes:
            self.samples += sizes[1] if at_pass_end else sizes[0]
        self.fill += 1
        self.waiting += 1
        stepped = self.fill >= size or (last_of_epoch and policy.tail == "step")
        if stepped:
            self.steps += 1
            self.fill = self.waiting = 0
        self.batches.append(Batch(self.begun, of_epoch, self.steps, self.samples, stepped))
        if last_of_epoch:
            self.ends.append(len(self.batches))
        progress = epochs_before + (part or 0.0)
        try:
            if stepped:
                self.look("step", progress)
            self.look("micro-batch", progress)
            if at_pass_end:
                self.look("pass", progress)
        finally:
            if last_of_epoch and policy.tail == "discard":
                self.discarded += self.waiting
                self.waiting = 0


small = st.integers(0, 9)
positive = st.integers(1, 9)


@st.composite
def windows(draw: st.DrawFn) -> int | tuple[tuple[int, int], ...]:
    if draw(st.integers(0, 2)):
        return draw(positive)
    starts = sorted(draw(st.sets(st.integers(1, 30), max_size=3)))
    return tuple((start, draw(positive)) for start in [0, *starts])


stops = st.builds(
    StopAt,
    counter=st.sampled_from(["steps", "micro_batches", "samples", "epochs"]),
    limit=st.one_of(st.integers(0, 40), st.sampled_from([0.5, 1.5, 2.25, 3.1, float("inf")])),
    after=st.sampled_from(["start", "step", "step", "micro-batch", "pass", "epoch", "epoch"]),
)

policies = st.builds(
    LoopPolicy,
    pass_batches=st.one_of(st.none(), st.integers(0, 12), st.integers(1, 12)),
    pass_end=st.sampled_from(["restart", "stop", "exhausted", "short_epoch"]),
    epoch_batches=st.one_of(st.none(), st.integers(0, 12), st.integers(1, 6)),
    position=st.sampled_from(["reset", "kept"]),
    window=windows(),
    window_by=st.sampled_from(["epochs", "steps", "micro_batches", "samples"]),
    window_start=st.one_of(st.just(0), small),
    tail=st.sampled_from(["step", "discard", "leak", "carry", "flush_at_run_end"]),
    stops=st.lists(stops, max_size=3).map(tuple),
    batch=positive,
    last_batch=st.one_of(st.none(), positive),
    processes=st.integers(1, 3),
    first_epoch=st.one_of(st.just(0), st.integers(0, 4)),
    empty_epoch=st.sampled_from(["goes_on", "goes_on", "stops"]),
    left_over=st.sampled_from([0, 0, 2]),
)


def same(result: LoopResult, seen: Seen) -> None:
    last = len(seen.batches)
    assert (result.total_steps, result.micro_batches) == (seen.steps, last)
    assert result.samples == (seen.batches[-1].samples if seen.batches else 0)
    assert (result.epochs_begun, result.epochs_completed) == (seen.epochs_begun, len(seen.epoch_ends))
    assert result.epochs_run == pytest.approx(len(seen.epoch_ends) + seen.part)
    assert result.ended_by == seen.ended_by
    assert (result.discarded, result.pending) == (seen.discarded, seen.pending)


def same_epochs(result: LoopResult, seen: Seen) -> None:
    ends = [0, *seen.epoch_ends, *([len(seen.batches)] if len(seen.epoch_ends) < seen.epochs_begun else [])]
    steps = [seen.batches[end - 1].steps if end else 0 for end in ends]
    per_epoch = [after - before for before, after in pairwise(steps)]
    if per_epoch:
        per_epoch[-1] += seen.steps - steps[-1]
        assert (result.first_epoch_steps, result.last_epoch_steps) == (per_epoch[0], per_epoch[-1])
    completed = set(per_epoch[: len(seen.epoch_ends)])
    assert result.steps_per_epoch == (completed.pop() if len(completed) == 1 else None)


def same_timeline(timeline: Timeline, seen: Seen) -> None:
    for number, batch in enumerate(seen.batches, start=1):
        last = number == len(seen.batches)
        assert timeline.steps_at(number) == (seen.steps if last else batch.steps)
        assert timeline.samples_at(number) == batch.samples
        assert timeline.epoch_of(number) == batch.epoch
        for wanted in (batch.samples, batch.samples - 1):
            seen_at = next((at for at, one in enumerate(seen.batches, 1) if one.samples >= wanted), 0) if wanted else 0
            assert timeline.micro_batch_of_sample(wanted) == seen_at
        if batch.stepped:
            assert timeline.micro_batch_of_step(batch.steps) == number
        stretch = timeline.holding(number)
        assert number - stretch.micro_batches + stretch.block.offset == batch.of_epoch
        before = seen.batches[stretch.micro_batches - 1] if stretch.micro_batches else None
        assert (stretch.steps, stretch.samples) == ((before.steps, before.samples) if before else (0, 0))
    for number, end in enumerate(seen.epoch_ends, start=1):
        assert timeline.end_of_epoch(number) == end
    forward = [one for block in timeline.blocks for one in timeline.stretches(block)]
    backward = [one for block in reversed(timeline.blocks) for one in timeline.stretches(block, backward=True)]
    assert forward == backward[::-1]
    assert sum(one.batches for one in forward) == len(seen.batches)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies)
def test_the_machine_does_what_a_plain_loop_does(policy: LoopPolicy) -> None:
    seen = _Naive(policy).run()
    result = run_loop(policy)
    if seen.ends:
        same(result, seen)
        same_epochs(result, seen)
        assert result.timeline is not None
        same_timeline(result.timeline, seen)
    elif not result.never_ends:
        assert result.micro_batches is not None
        assert max(result.micro_batches, result.epochs_begun or 0) >= PATIENCE


# --- events -----------------------------------------------------------------------------------------------------------


class Look(NamedTuple):
    """A moment at which something may happen: a micro-batch, a step or the end of an epoch."""

    kind: str
    micro_batch: int
    step: int
    values: dict[str, int]
    epoch: int


def looks(policy: LoopPolicy, seen: Seen, partial: bool) -> list[Look]:
    found: list[Look] = []
    ends = list(seen.epoch_ends)
    if partial and len(ends) < seen.epochs_begun:
        ends.append(len(seen.batches))
    ended = 0

    def epoch_ends(micro_batch: int, step: int, samples: int, of_epoch: int) -> None:
        nonlocal ended
        while ended < len(ends) and ends[ended] == micro_batch:
            ended += 1
            values = {
                "steps": step,
                "micro-batches": micro_batch,
                "samples": samples,
                "micro-batches-of-epoch": of_epoch,
                "epochs": policy.first_epoch + ended,
            }
            found.append(Look("epoch", micro_batch, step, values, ended))
            of_epoch = 0

    epoch_ends(0, 0, 0, 0)
    for number, batch in enumerate(seen.batches, start=1):
        last = number == len(seen.batches)
        step = seen.steps if last else batch.steps
        values = {
            "steps": step,
            "micro-batches": number,
            "samples": batch.samples,
            "micro-batches-of-epoch": batch.of_epoch,
        }
        if batch.stepped or step != batch.steps:
            found.append(Look("step", number, step, values, batch.epoch))
        found.append(Look("micro-batch", number, step, values, batch.epoch))
        epoch_ends(number, step, batch.samples, batch.of_epoch)
    return found


def naive_events(policy: LoopPolicy, event: EventPolicy, seen: Seen) -> list[int]:
    clock = event.clock
    usual = {"steps": "step", "epochs": "epoch"}.get(clock, "micro-batch")
    checked = event.checked or usual
    hits: list[tuple[int, int]] = []
    shown = policy.first_epoch if clock == "epochs" else 0
    first: tuple[int, int] | None = None
    at_epoch = (0, False)  # micro-batch and whether it happened there, for the epoch that is going on
    epoch = 0
    for look in looks(policy, seen, "partial_epoch" in event.also):
        if look.epoch != epoch:
            epoch, at_epoch = look.epoch, (-1, False)
            shown = 0 if clock == "micro-batches-of-epoch" else shown
        if look.kind == usual and first is None:
            first = (look.micro_batch, look.step)
        happens = False
        if look.kind == checked:
            value = look.values[clock]
            happens = recurs(event, shown, value)
            cut = look.kind == "epoch" and look.epoch > len(seen.epoch_ends)
            if clock == "epochs" and cut and policy.first_epoch + len(seen.epoch_ends) + seen.part < event.start:
                happens = False
            if clock == "micro-batches-of-epoch" and (policy.first_epoch + look.epoch) % event.epochs:
                happens = False
            shown = value
        if look.kind == "epoch" and "epoch_end" in event.also and at_epoch != (look.micro_batch, True):
            happens = True
        if happens:
            hits.append((look.micro_batch, look.step))
            at_epoch = (look.micro_batch, True)
    if "first" in event.also and first is not None and all(hit[0] != first[0] for hit in hits):
        hits = sorted([*hits, first])
    something = seen.epochs_begun if clock == "epochs" else len(seen.batches)
    if "run_end" in event.also and something and (not hits or hits[-1][0] != len(seen.batches)):
        hits.append((len(seen.batches), seen.steps))
    return [0] * ("run_start" in event.also) + [step for _, step in hits]


def recurs(event: EventPolicy, shown: int, value: int) -> bool:
    def allowed(mark: float) -> bool:
        return event.start <= mark and (event.limit is None or mark <= event.limit)

    if event.at:
        return value in event.at and allowed(value)
    if not event.every or event.every <= 0:
        return False
    if event.test == "multiple":
        return (value - event.offset) % event.every == 0 and allowed(value)
    turn = int((shown - event.offset) // event.every) + 1
    marks = []
    while event.offset + turn * event.every <= value:
        marks.append(event.offset + turn * event.every)
        turn += 1
    return any(allowed(mark) for mark in marks)


@st.composite
def events(draw: st.DrawFn) -> EventPolicy:
    clock = draw(st.sampled_from(["steps", "micro-batches", "micro-batches-of-epoch", "epochs", "samples"]))
    also = draw(st.sets(st.sampled_from(["run_start", "first", "epoch_end", "run_end", "partial_epoch"]), max_size=3))
    return EventPolicy(
        clock,
        every=draw(st.sampled_from([None, 0, 1, 2, 3, 4, 5, 7, 12, 1.5, 2.5, 30])),
        start=draw(st.sampled_from([0, 0, 0, 1, 5, 2.5, 17])),
        offset=draw(st.sampled_from([0, 0, 0, 1, 3])),
        also=tuple(sorted(also)),
        test=draw(st.sampled_from(["multiple", "crossing"])),
        limit=draw(st.sampled_from([None, None, None, 9, 20.5])),
        checked=draw(st.sampled_from(["", "", "step", "micro-batch", "epoch"])) if clock != "epochs" else "",
        epochs=draw(st.sampled_from([1, 1, 2, 3])),
        at=draw(st.sampled_from([(), (), (), (1, 4, 4, 9)])),
    )


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies, events())
def test_events_happen_when_a_plain_loop_sees_them(policy: LoopPolicy, event: EventPolicy) -> None:
    seen = _Naive(policy).run()
    result = run_loop(policy)
    if not seen.ends:
        return
    found = occurrences(event, result.timeline)
    expected = naive_events(policy, event, seen)
    assert (found.count, list(found.head)) == (len(expected), expected)
    assert found.tail == ()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies, events())
def test_long_lists_are_told_by_their_ends(policy: LoopPolicy, event: EventPolicy) -> None:
    seen = _Naive(policy).run()
    result = run_loop(policy)
    if not seen.ends:
        return
    expected = naive_events(policy, event, seen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("epochlint.plan.events.WHOLE", 5)
        patch.setattr("epochlint.plan.events.ENDS", 4)
        found = occurrences(event, result.timeline)
    assert found.count == len(expected)
    if len(expected) > 5:
        assert (list(found.head), list(found.tail)) == (expected[:4], expected[-4:])


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies, st.lists(events(), min_size=2, max_size=3))
def test_policies_of_one_event_add_up(policy: LoopPolicy, parts: list[EventPolicy]) -> None:
    timeline = run_loop(policy).timeline
    found = occurrences_of(tuple(parts), timeline)
    alone = [occurrences(part, timeline) for part in parts]
    if any(one.count is None for one in alone):
        assert found.count is None
        return
    counts = [one.count or 0 for one in alone]
    if sum(counts) <= 10_000:
        assert found.count == len(found.head)
        assert max(counts) <= len(found.head) <= sum(counts)
        assert list(found.head) == sorted(found.head)
        assert set(found.head) == {step for one in alone for step in one.head}


# --- bounds -----------------------------------------------------------------------------------------------------------


@st.composite
def between(draw: st.DrawFn) -> tuple[LoopPolicy, LoopPolicy, LoopPolicy]:
    """Three policies, the numbers of the middle one between those of the others."""

    def three(low: int, high: int) -> list[int]:
        return sorted(draw(st.integers(low, high)) for _ in range(3))

    passes, epochs, window, batch, processes = three(0, 12), three(0, 9), three(1, 6), three(3, 6), three(1, 3)
    last, steps, limits = three(1, 3), three(0, 30), three(0, 6)
    plain = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from(["steps", "epochs"]), max_size=2))
    common = LoopPolicy(
        None,
        position=draw(st.sampled_from(["reset", "kept"])),
        tail=draw(st.sampled_from(["step", "discard", "leak", "carry", "flush_at_run_end"])),
        empty_epoch=draw(st.sampled_from(["goes_on", "stops"])),
    )
    made = []
    for i in range(3):
        stops = tuple(
            StopAt("steps", steps[i], "step") if kind == "steps" else StopAt("epochs", limits[i], "epoch")
            for kind in kinds
        )
        made.append(
            replace(
                common,
                pass_batches=passes[i],
                epoch_batches=None if plain else epochs[i],
                window=window[i],
                batch=batch[i],
                last_batch=last[i],
                processes=processes[i],
                stops=stops,
            )
        )
    return made[0], made[1], made[2]


def inside(value: int | None, bounds: tuple[int, int | None] | None) -> bool:
    if bounds is None:
        return True
    low, high = bounds
    return (high is None) if value is None else low <= value and (high is None or value <= high)


@settings(max_examples=250, deadline=None)
@given(between())
def test_a_run_lies_between_its_bounds(policies: tuple[LoopPolicy, LoopPolicy, LoopPolicy]) -> None:
    low, middle, high = policies
    bounds = run_bounds(low, high)
    if bounds is None:
        return
    result = run_loop(middle)
    assert inside(result.total_steps, bounds.total_steps)
    assert inside(result.micro_batches, bounds.micro_batches)
    assert inside(result.samples, bounds.samples)
