"""Ticks: how often a scheduler has been called before each moment at which the rate is told."""

from __future__ import annotations

from bisect import bisect_left

from epochlint.plan.event_policy import EventPolicy
from epochlint.plan.events import occurrences
from epochlint.plan.loop_policy import PolicyError
from epochlint.plan.loop_timeline import Timeline
from epochlint.records import record

TICK_CLOCKS = ("steps", "micro-batches", "epochs", "samples")


@record
class TickPolicy:
    """When a scheduler is called.

    It is called `times` times (several in some launchers: once per process) whenever `clock` has moved by `every`:
    steps, micro-batches (after each, also inside a window), epochs, samples (the schedule is given the samples that
    were trained on). The first `late` calls change nothing, nor does any after the first `most`. `calls` is an event
    that says when instead.

    The rate is `told` of every optimizer step, or of every micro-batch, also those that make no step.
    """

    clock: str = "steps"
    times: int = 1
    every: int = 1
    late: int = 0
    most: int | None = None
    calls: EventPolicy | None = None
    told: str = "steps"


class TickMap:
    """The tick in force at each moment (step or micro-batch) of a run, and how many calls there are in all."""

    def __init__(self, policy: TickPolicy, timeline: Timeline) -> None:
        if policy.clock not in TICK_CLOCKS or policy.times < 0 or policy.every < 1 or policy.late < 0:
            raise PolicyError(f"a schedule cannot go by {policy.times} × {policy.clock} / {policy.every}")
        self.policy = policy
        self.timeline = timeline
        self.by_batch = policy.told == "micro-batches"
        self.moments = timeline.micro_batches if self.by_batch else timeline.steps
        self.known = True
        self._calls: tuple[int, ...] = ()
        if policy.calls is not None:
            found = occurrences(policy.calls, timeline)
            self.known = found.count == len(found.head)
            self._calls = found.head
        elif policy.clock == "samples" and not timeline.full:
            self.known = False

    def tick(self, moment: int) -> int:
        """Return the tick in force at a moment (from 1)."""
        return self._after_late(self._moved_before(moment))

    def moment_of_step(self, step: int) -> int:
        """Return the moment at which an optimizer step is made."""
        return self.timeline.micro_batch_of_step(step) if self.by_batch else step

    @property
    def total(self) -> int:
        """The tick after the last call of the run."""
        timeline, clock = self.timeline, self.policy.clock
        if self.policy.calls is not None:
            moved = len(self._calls)
        elif clock == "steps":
            moved = timeline.steps
        elif clock == "micro-batches":
            moved = timeline.micro_batches
        else:
            moved = timeline.completed if clock == "epochs" else timeline.samples_at(timeline.micro_batches)
        return self._after_late(moved)

    def moment_of(self, tick: float) -> int:
        """Return the first moment at which at least this tick is in force; one past the last if there is none."""
        low, high = 1, self.moments + 1
        while low < high:
            middle = (low + high) // 2
            if self.tick(middle) >= tick:
                high = middle
            else:
                low = middle + 1
        return low

    def _after_late(self, moved: int) -> int:
        calls = max(0, moved // self.policy.every * self.policy.times - self.policy.late)
        return calls if self.policy.most is None else min(calls, self.policy.most)

    def _moved_before(self, moment: int) -> int:
        timeline, clock = self.timeline, self.policy.clock
        step = timeline.steps_at(moment - 1) + 1 if self.by_batch else moment
        if self.policy.calls is not None:
            return bisect_left(self._calls, step)
        if clock == "steps":
            return step - 1
        if clock == "samples":
            return timeline.samples_at(timeline.micro_batch_of_step(step - 1))
        micro_batch = moment if self.by_batch else timeline.micro_batch_of_step(step)
        return micro_batch - 1 if clock == "micro-batches" else timeline.epoch_of(micro_batch) - 1
