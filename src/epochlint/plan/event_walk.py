"""Events that need a walk over the epochs: clocks that begin anew, or that are not looked at each time they move.

Inside an epoch everything is arithmetic; epochs that are alike in all that matters are counted once. What is too
irregular for that is unknown.
"""

from __future__ import annotations

from epochlint.plan.event_policy import CLOCKS, EventPolicy, first_moment, limit_of
from epochlint.plan.event_tracks import FUEL_TO_COUNT, FUEL_TO_LIST, Group, TooIrregular, Tracks
from epochlint.plan.loop_timeline import Block, Stretch, Timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from epochlint.plan.event_policy import Exact


class EventWalk:
    """One event over one run."""

    def __init__(self, policy: EventPolicy, timeline: Timeline, every: Exact | None) -> None:
        self.policy = policy
        self.timeline = timeline
        self.every = every
        self.tracks = Tracks(policy, timeline, every, policy.checked or CLOCKS[policy.clock])

    def count(self) -> int | None:
        """Return how often the event happens; None if that is too irregular to be told."""
        self.tracks.fuel = FUEL_TO_COUNT
        try:
            total = sum(self._in_block(block) for block in self.timeline.blocks)
            before, after = self._added()
        except TooIrregular:
            return None
        return total + len(before) + len(after) + int("run_start" in self.policy.also)

    def moments(self, backward: bool = False) -> Iterator[tuple[int, int]]:
        """Walk over (micro-batch, optimizer step) at which the event happens; a TooIrregular ends the walk early."""
        self.tracks.fuel = FUEL_TO_LIST
        before, after = self._added()
        opening = [(-1, 0)] if "run_start" in self.policy.also else []
        self.tracks.fuel = FUEL_TO_LIST
        yield from after if backward else opening
        for moment in self._hits(backward):
            if before and (moment[0] <= before[0][0] if backward else moment[0] > before[0][0]):
                yield before.pop()
            yield moment
        yield from before
        yield from opening if backward else after

    # --- additional moments ------------------------------------------------------------------------------------------

    def _added(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Return the moment of the first tick and the end of the run, each if nothing happens there anyway."""
        timeline, also = self.timeline, self.policy.also
        opening = first_moment(self.policy, timeline) if "first" in also else None
        before = [] if opening is None or self._hit_at(opening) else [(opening, timeline.steps_at(opening))]
        happens = timeline.epochs if self.policy.clock == "epochs" else timeline.micro_batches
        end = (timeline.micro_batches, timeline.steps)
        if "run_end" not in also or not happens or before == [end]:
            return before, []
        last = next(self._hits(backward=True), (None, 0))[0]
        return before, [] if last == timeline.micro_batches else [end]

    def _hit_at(self, moment: int) -> bool:
        """True if the event happens by the clock, or at an epoch's end, once this micro-batch is done."""
        if moment:
            stretch = self.timeline.holding(moment)
            place = moment - stretch.micro_batches
            if any(first <= place < first + count * step and (place - first) % step == 0 for first, step, count in
                   self._groups(stretch)):  # fmt: skip
                return True
        empty = (one for one in self.timeline.blocks if one.micro_batches == moment and not one.cycle_micro_batches)
        return any(self._in_block(block) for block in empty)

    # --- counting ----------------------------------------------------------------------------------------------------

    def _in_block(self, block: Block) -> int:
        return _periodic(
            block.times, lambda turn: self._key(self._at(block, turn, 0, 0)), lambda turn: self._in_round(block, turn)
        )

    def _in_round(self, block: Block, turn: int) -> int:
        return sum(
            _periodic(
                run[0],
                lambda index, number=number: self._key(self._at(block, turn, number, index)),  # type: ignore[misc]
                lambda index, number=number: self._in_stretch(self._at(block, turn, number, index)),  # type: ignore[misc]
            )
            for number, run in enumerate(block.cycle)
        )

    def _at(self, block: Block, turn: int, number: int, index: int) -> Stretch:
        earlier = block.cycle[:number]
        batches = block.cycle[number][1]
        ahead = turn * block.cycle_micro_batches + sum(count * size for count, size in earlier) + index * batches
        epoch = block.epoch + turn * block.cycle_epochs + sum(count for count, _ in earlier) + index
        return self.timeline.stretch(block, ahead, epoch, batches)

    def _in_stretch(self, stretch: Stretch) -> int:
        return sum(count for _, _, count in self._groups(stretch))

    def _key(self, stretch: Stretch) -> Hashable | None:
        """Return all that the count of a stretch depends on; None if it may not be taken to repeat."""
        policy = self.policy
        by_steps = policy.clock == "steps" or self.tracks.checked == "step"
        fill = stretch.fill if by_steps else 0
        if policy.clock == "micro-batches-of-epoch":
            number = self.timeline.first_epoch + stretch.epoch + 1
            return number % policy.epochs, stretch.batches, fill, self._since_last(stretch)
        shown = self.tracks.shown(stretch, 0)
        if policy.at or limit_of(policy) is not None or shown < policy.start:
            return None
        if self.every is None:
            return stretch.batches
        cycle = self.every if policy.test == "crossing" else self.every.numerator
        position = stretch.position if policy.clock == "samples" else 0
        return shown % cycle, stretch.batches, fill, position, self._since_last(stretch)

    def _since_last(self, stretch: Stretch) -> int:
        if self.policy.test != "crossing":
            return 0
        return self.tracks.shown(stretch, 0) - self.tracks.last_seen(stretch)

    # --- occurrences -------------------------------------------------------------------------------------------------

    def _groups(self, stretch: Stretch) -> Iterator[Group]:
        """Yield the moments of a stretch, in rising order: by the clock, and its end where that counts."""
        end = -1
        for group in self.tracks.groups(stretch):
            first, step, count = group
            end = first + (count - 1) * step
            yield group
        if "epoch_end" in self.policy.also and end != stretch.batches and self.tracks.closes(stretch):
            yield stretch.batches, 1, 1

    def _hits(self, backward: bool) -> Iterator[tuple[int, int]]:
        """Yield (micro-batch, optimizer step) of what happens by the clock and at epochs' ends."""
        blocks = reversed(self.timeline.blocks) if backward else iter(self.timeline.blocks)
        for block in blocks:
            for stretch in self.timeline.stretches(block, backward):
                groups: Iterator[Group] = self._groups(stretch)
                for first, step, count in reversed(list(groups)) if backward else groups:
                    for index in range(count)[::-1] if backward else range(count):
                        place = first + index * step
                        yield stretch.micro_batches + place, self.tracks.steps_after(stretch, place)


def _periodic(count: int, key: Callable[[int], Hashable | None], value: Callable[[int], int]) -> int:
    """Sum `value` over the first `count` indices, where equal keys mean that all goes on as it did from there."""
    seen: dict[Hashable, tuple[int, int]] | None = {}
    index = total = 0
    while index < count:
        state = key(index) if seen is not None and count > 1 else None
        if state is not None and seen is not None:
            if state in seen:
                start, before = seen[state]
                rounds = (count - index) // (index - start)
                total += rounds * (total - before)
                index += rounds * (index - start)
                seen = None
                continue
            seen[state] = (index, total)
        total += value(index)
        index += 1
    return total
