"""What a clock shows inside one epoch at the moments at which it is looked at, and where an event falls among them."""

from __future__ import annotations

from math import gcd

from epochlint.plan.event_policy import EventPolicy, allowed, exact, limit_of
from epochlint.plan.loop_timeline import Stretch, Timeline, fill_after, steps_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.plan.event_policy import Exact

# Epochs, and stretches of moments in them, that are looked at to count the occurrences, and to list them.
FUEL_TO_COUNT = 4_000
FUEL_TO_LIST = 20_000

# Moments `first + j * step` (micro-batches of a stretch), j below `count`.
Group = tuple[int, int, int]
# The same, where the clock shows `value + j * grows`.
Track = tuple[int, int, int, int, int]


class TooIrregular(Exception):
    """The fuel ran out."""


class Tracks:
    """What one event sees of a run; `fuel` bounds the work of a walk."""

    def __init__(self, policy: EventPolicy, timeline: Timeline, every: Exact | None, checked: str) -> None:
        self.policy = policy
        self.timeline = timeline
        self.every = every
        self.checked = checked
        self.limit = limit_of(policy)
        self.fuel = FUEL_TO_COUNT
        self.chosen = sorted(set(policy.at))

    # --- one stretch -------------------------------------------------------------------------------------------------

    def closes(self, stretch: Stretch) -> bool:
        """True if the epoch ends with this stretch, or is cut short there and that counts as an end."""
        if stretch.block.closes:
            return True
        last = stretch.micro_batches + stretch.batches == self.timeline.micro_batches
        return last and "partial_epoch" in self.policy.also

    def short(self, stretch: Stretch) -> bool:
        """True if the last micro-batch of the stretch makes a short step."""
        if not stretch.batches or not fill_after(stretch.fill, stretch.batches, stretch.block.window):
            return False
        last = stretch.micro_batches + stretch.batches == self.timeline.micro_batches
        return (self.timeline.short_step and stretch.block.closes) or (self.timeline.flushed and last)

    def steps_after(self, stretch: Stretch, batches: int) -> int:
        if stretch.micro_batches + batches == self.timeline.micro_batches:
            return self.timeline.steps
        steps = stretch.steps + steps_in(stretch.fill, batches, stretch.block.window)
        return steps + int(batches == stretch.batches and self.short(stretch))

    def shown(self, stretch: Stretch, batches: int) -> int:
        """Return what the clock shows after so many micro-batches of the stretch."""
        clock = self.policy.clock
        if clock == "steps":
            return self.steps_after(stretch, batches)
        if clock == "micro-batches":
            return stretch.micro_batches + batches
        if clock == "micro-batches-of-epoch":
            return stretch.block.offset + batches
        if clock == "epochs":
            return self.timeline.first_epoch + stretch.epoch + int(batches == stretch.batches)
        return stretch.samples + self.timeline.samples_from(stretch.position, batches)

    def last_seen(self, stretch: Stretch) -> int:
        """Return what the clock showed when it was last looked at before the stretch."""
        begun = stretch.micro_batches - stretch.block.offset
        if self.checked == "micro-batch":
            return self.shown(stretch, 0)
        seen_at = self.timeline.micro_batch_of_step(stretch.steps) if self.checked == "step" else begun
        if self.policy.clock == "micro-batches-of-epoch":
            return max(0, seen_at - begun)
        if self.policy.clock == "micro-batches":
            return seen_at
        if self.policy.clock == "steps":
            return self.timeline.steps_at(seen_at)
        if self.policy.clock == "samples":
            return self.timeline.samples_at(seen_at)
        return self.timeline.first_epoch + stretch.epoch

    # --- tracks ------------------------------------------------------------------------------------------------------

    def tracks(self, stretch: Stretch) -> Iterator[Track]:
        """Yield the moments of a stretch at which the clock is looked at, in rising order."""
        last = stretch.batches
        if self.checked == "epoch":
            if self.closes(stretch):
                yield last, 1, 1, self.shown(stretch, last), 0
        elif self.policy.clock == "steps":
            yield from self._step_tracks(stretch)
        else:
            for low, high, base, slope in self._lines(stretch):
                self._burn()
                if self.checked == "micro-batch":
                    yield low, 1, high - low + 1, base + slope * low, slope
                    continue
                window = stretch.block.window
                opening = max(1, window - stretch.fill)
                first = opening + max(0, -((opening - low) // window)) * window
                if first <= high:
                    yield first, window, (high - first) // window + 1, base + slope * first, slope * window
                if low <= last <= high and self.short(stretch):
                    yield last, 1, 1, base + slope * last, 0

    def _step_tracks(self, stretch: Stretch) -> Iterator[Track]:
        window, last = stretch.block.window, stretch.batches
        first = max(1, window - stretch.fill)
        full = steps_in(stretch.fill, last, window)
        short = self.short(stretch)
        if self.checked == "step":
            if full:
                yield first, window, full, stretch.steps + 1, 1
        else:
            begin, before = 1, last - int(short)
            for step in range(full + 1):
                self._burn()
                end = min(first + step * window - 1, before)
                if begin <= end:
                    yield begin, 1, end - begin + 1, stretch.steps + step, 0
                begin = first + step * window
        if short:
            yield last, 1, 1, stretch.steps + full + 1, 0

    def _lines(self, stretch: Stretch) -> Iterator[tuple[int, int, int, int]]:
        """Yield (low, high, base, slope): from micro-batch low to high the clock shows base + slope * i."""
        last = stretch.batches
        if self.policy.clock != "samples":
            if last:
                yield 1, last, self.shown(stretch, 0), 1
            return
        full, ragged, size = self.timeline.full, self.timeline.last, self.timeline.pass_batches
        if not size or full == ragged:
            if last:
                yield 1, last, stretch.samples, full
            return
        position = stretch.position
        for ends in range((position + last) // size + 1):
            low, high = max(1, ends * size - position), min(last, (ends + 1) * size - position - 1)
            if low <= high:
                yield low, high, stretch.samples + ends * (ragged - full), full

    # --- where the event falls ---------------------------------------------------------------------------------------

    def groups(self, stretch: Stretch) -> Iterator[Group]:
        """Yield the moments of a stretch at which the event happens by its clock, in rising order."""
        policy = self.policy
        self._burn()
        if policy.clock == "micro-batches-of-epoch":
            number = self.timeline.first_epoch + stretch.epoch + 1
            if number % policy.epochs:
                return
        if (self.every is None and not policy.at) or self._cut_too_early(stretch):
            return
        seen = self.last_seen(stretch) if policy.test == "crossing" else 0
        for track in self.tracks(stretch):
            self._burn()
            if policy.at:
                yield from self._chosen(track)
            elif policy.test == "crossing":
                yield from self._passed(track, seen)
                seen = track[3] + (track[2] - 1) * track[4]
            else:
                yield from self._multiples(track)

    def _chosen(self, track: Track) -> Iterator[Group]:
        first, step, count, value, grows = track
        for tick in self.chosen:
            if not self._allowed(tick):
                continue
            if grows == 0 and tick == value:
                yield first, step, count
            elif grows and tick >= value and (tick - value) % grows == 0 and (tick - value) // grows < count:
                yield first + (tick - value) // grows * step, step, 1

    def _multiples(self, track: Track) -> Iterator[Group]:
        first, step, count, value, grows = track
        assert self.every is not None
        every = self.every.numerator  # the whole multiples of a fraction in lowest terms are those of its numerator
        away = (self.policy.offset - value) % every
        if grows == 0:
            if away == 0 and self._allowed(value):
                yield first, step, count
            return
        common = gcd(grows, every)
        if away % common:
            return
        apart = every // common
        begin = away // common * pow(grows // common, -1, apart) % apart
        low = max(0, _up(exact(self.policy.start) - value, grows))
        begin += max(0, -((begin - low) // apart)) * apart
        end = count - 1
        if self.limit is not None:
            end = min(end, int((self.limit - value) // grows))
        if begin <= end:
            yield first + begin * step, apart * step, (end - begin) // apart + 1

    def _passed(self, track: Track, seen: int) -> Iterator[Group]:
        first, step, count, value, grows = track
        assert self.every is not None
        every, offset = self.every, self.policy.offset
        last = value + (count - 1) * grows
        turn = max((seen - offset) // every + 1, _up(exact(self.policy.start) - offset, every))
        while True:
            mark = offset + turn * every
            if mark > last or (self.limit is not None and mark > self.limit):
                return
            index = max(0, _up(mark - value, grows)) if grows else 0
            if grows >= every and self.limit is None:
                yield first + index * step, step, count - index
                return
            self._burn()
            yield first + index * step, step, 1
            turn = (value + index * grows - offset) // every + 1

    def _burn(self) -> None:
        self.fuel -= 1
        if self.fuel < 0:
            raise TooIrregular

    def _cut_too_early(self, stretch: Stretch) -> bool:
        """True for an epoch that was cut short before it reached the start of an event that counts epochs."""
        if self.policy.clock != "epochs" or stretch.block.closes:
            return False
        return self.timeline.first_epoch + self.timeline.epochs_run < self.policy.start

    def _allowed(self, value: int) -> bool:
        return allowed(self.policy, value)


def _up(value: Exact, by: Exact) -> int:
    """Divide, and round up."""
    return int(-(-value // by))
