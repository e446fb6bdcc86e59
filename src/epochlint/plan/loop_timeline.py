"""A run in run-length form: where each epoch, step and sample lies, answered without walking through the run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def steps_in(fill: int, micro_batches: int, window: int) -> int:
    """Return the full optimizer steps in so many micro-batches that begin with `fill` of the window done."""
    first = max(1, window - fill)
    return 0 if micro_batches < first else 1 + (micro_batches - first) // window


def fill_after(fill: int, micro_batches: int, window: int) -> int:
    """Return how full the window is after so many micro-batches."""
    first = max(1, window - fill)
    return fill + micro_batches if micro_batches < first else (micro_batches - first) % window


@record
class Block:
    """`times` repetitions of a `cycle` of epochs, ((epochs, micro-batches each), …), all with one window size.

    `epoch`, `micro_batches`, `steps`, `samples` are what had been begun or done before the block, `fill` how full the
    window was at its start. `position` is how far the pass was used up, None if each epoch begins with the first data.
    A block that is part of an epoch (where the window changes, or the run ends) has one epoch: `offset` micro-batches
    of it lie before, and `closes` is False if the epoch does not end in this block.
    """

    epoch: int
    micro_batches: int
    steps: int
    samples: int
    position: int | None
    fill: int
    window: int
    times: int
    cycle: tuple[tuple[int, int], ...]
    offset: int = 0
    closes: bool = True

    @property
    def cycle_epochs(self) -> int:
        return sum(count for count, _ in self.cycle)

    @property
    def cycle_micro_batches(self) -> int:
        return sum(count * batches for count, batches in self.cycle)


@record
class Stretch:
    """One epoch, or the part of one that lies in one block: what was done before it, and its own micro-batches."""

    block: Block
    epoch: int  # from 0, in this run
    micro_batches: int
    steps: int
    samples: int
    position: int
    fill: int
    batches: int


class Timeline:
    """Where things lie in a run that ends. Steps, micro-batches and epochs count from 1; 0 is before the first."""

    __slots__ = (
        "_batch_starts", "_epoch_starts", "_sample_starts", "_step_starts", "blocks", "carries", "completed", "epochs",
        "epochs_run", "first_epoch", "flushed", "full", "last", "micro_batches", "pass_batches", "short_step", "steps",
    )  # fmt: skip

    def __init__(
        self,
        blocks: tuple[Block, ...],
        *,
        carries: bool,
        short_step: bool,
        flushed: bool,
        pass_batches: int | None,
        samples: tuple[int, int] | None,
        steps: int,
        micro_batches: int,
        epochs: int,
        completed: int,
        epochs_run: float,
        first_epoch: int = 0,
    ) -> None:
        self.blocks = blocks
        self.carries = carries
        self.short_step = short_step  # an incomplete window at an epoch's end is stepped
        self.flushed = flushed  # the very last step is a short one, made because the run ended
        self.pass_batches = pass_batches
        self.full, self.last = samples or (0, 0)
        self.steps = steps
        self.micro_batches = micro_batches
        self.epochs = epochs
        self.completed = completed
        self.epochs_run = epochs_run
        self.first_epoch = first_epoch
        self._batch_starts = [block.micro_batches for block in blocks]
        self._step_starts = [block.steps for block in blocks]
        self._epoch_starts = [block.epoch for block in blocks]
        self._sample_starts = [block.samples for block in blocks]

    # --- one epoch ---------------------------------------------------------------------------------------------------

    def epoch_steps(self, block: Block, batches: int) -> int:
        """Return the optimizer steps of one epoch of a block whose window begins anew in each epoch."""
        steps = steps_in(block.fill, batches, block.window)
        short = self.short_step and block.closes and batches > 0 and fill_after(block.fill, batches, block.window) > 0
        return steps + int(short)

    def samples_from(self, position: int, batches: int) -> int:
        """Return the samples in so many micro-batches from a position in the data."""
        ends = (position % self.pass_batches + batches) // self.pass_batches if self.pass_batches else 0
        return batches * self.full + ends * (self.last - self.full)

    def stretch(self, block: Block, ahead: int, epoch: int, batches: int) -> Stretch:
        """Describe the epoch `epoch` (from 0) that begins `ahead` micro-batches after the start of its block."""
        done = block.micro_batches + ahead
        if self.carries:
            steps = block.steps + steps_in(block.fill, ahead, block.window)
            fill = fill_after(block.fill, ahead, block.window)
        else:
            steps, fill = block.steps + self._steps_before(block, epoch - block.epoch), block.fill
        if block.position is not None:
            samples = block.samples + self.samples_from(block.position, ahead)
            position = (block.position + ahead) % self.pass_batches if self.pass_batches else 0
        else:
            samples = block.samples + self._samples_before(block, epoch - block.epoch)
            position = block.offset % self.pass_batches if self.pass_batches else 0
        return Stretch(block, epoch, done, steps, samples, position, fill, batches)

    def _steps_before(self, block: Block, epochs: int) -> int:
        return self._before(block, epochs, lambda batches: self.epoch_steps(block, batches))

    def _samples_before(self, block: Block, epochs: int) -> int:
        return self._before(block, epochs, lambda batches: self.samples_from(block.offset, batches))

    def _before(self, block: Block, epochs: int, of: Callable[[int], int]) -> int:
        """Sum a property of the epochs over the first so many epochs of a block."""
        rounds, rest = divmod(epochs, block.cycle_epochs)
        total = rounds * sum(count * of(batches) for count, batches in block.cycle) if rounds else 0
        for count, batches in block.cycle:
            taken = min(rest, count)
            if taken <= 0:
                break
            total += taken * of(batches)
            rest -= taken
        return total

    # --- where things lie --------------------------------------------------------------------------------------------

    def holding(self, micro_batch: int) -> Stretch:
        """Return the epoch (or part of one) in which a micro-batch lies."""
        block = self.blocks[bisect_left(self._batch_starts, micro_batch) - 1]
        ahead = micro_batch - 1 - block.micro_batches
        rounds, rest = divmod(ahead, block.cycle_micro_batches)
        epoch = block.epoch + rounds * block.cycle_epochs
        begun = rounds * block.cycle_micro_batches
        for count, batches in block.cycle:
            if batches and rest < count * batches:
                index = rest // batches
                return self.stretch(block, begun + index * batches, epoch + index, batches)
            rest -= count * batches
            begun += count * batches
            epoch += count
        raise IndexError(micro_batch)

    def steps_at(self, micro_batch: int) -> int:
        """Return the optimizer steps that are done once a micro-batch is."""
        if micro_batch <= 0:
            return 0
        if micro_batch >= self.micro_batches:
            return self.steps
        if self.carries:
            block = self.blocks[bisect_left(self._batch_starts, micro_batch) - 1]
            return block.steps + steps_in(block.fill, micro_batch - block.micro_batches, block.window)
        stretch = self.holding(micro_batch)
        ahead = micro_batch - stretch.micro_batches
        if ahead == stretch.batches:
            return stretch.steps + self.epoch_steps(stretch.block, ahead)
        return stretch.steps + steps_in(stretch.fill, ahead, stretch.block.window)

    def micro_batch_of_step(self, step: int) -> int:
        """Return the micro-batch after which an optimizer step is made; 0 for step 0."""
        if step <= 0:
            return 0
        if step >= self.steps and self.flushed:
            return self.micro_batches
        block = self.blocks[bisect_left(self._step_starts, step) - 1]
        ahead = step - block.steps
        first = max(1, block.window - block.fill)
        if self.carries:
            return block.micro_batches + first + (ahead - 1) * block.window
        per_cycle = sum(count * self.epoch_steps(block, batches) for count, batches in block.cycle)
        rounds, rest = divmod(ahead - 1, per_cycle)
        done = block.micro_batches + rounds * block.cycle_micro_batches
        for count, batches in block.cycle:
            steps = self.epoch_steps(block, batches)
            if rest < count * steps:
                index, inside = divmod(rest, steps)
                return done + index * batches + min(first + inside * block.window, batches)
            rest -= count * steps
            done += count * batches
        raise IndexError(step)

    def end_of_epoch(self, epoch: int) -> int:
        """Return the last micro-batch of an epoch (its number from 1); the last one of the run may be cut short."""
        if epoch <= 0:
            return 0
        stretch = self.epoch_stretch(epoch)
        return stretch.micro_batches + stretch.batches

    def epoch_stretch(self, epoch: int) -> Stretch:
        """Return the last part of an epoch (its number from 1)."""
        block = self.blocks[bisect_right(self._epoch_starts, epoch - 1) - 1]
        rounds, rest = divmod(epoch - 1 - block.epoch, block.cycle_epochs)
        ahead = rounds * block.cycle_micro_batches
        for count, batches in block.cycle:
            if rest < count:
                return self.stretch(block, ahead + rest * batches, epoch - 1, batches)
            rest -= count
            ahead += count * batches
        raise IndexError(epoch)

    def epoch_of(self, micro_batch: int) -> int:
        """Return the number (from 1) of the epoch in which a micro-batch lies."""
        return self.holding(micro_batch).epoch + 1

    def samples_at(self, micro_batch: int) -> int:
        """Return the samples, over all processes, that were trained on once a micro-batch is done."""
        if micro_batch <= 0:
            return 0
        stretch = self.holding(micro_batch)
        return stretch.samples + self.samples_from(stretch.position, micro_batch - stretch.micro_batches)

    def micro_batch_of_sample(self, samples: int) -> int:
        """Return the first micro-batch after which at least so many samples were trained on."""
        if samples <= 0:
            return 0
        block = self.blocks[bisect_left(self._sample_starts, samples) - 1]
        missing = samples - block.samples
        if block.position is not None:
            return block.micro_batches + self._until(block.position, missing)
        per_cycle = self._samples_before(block, block.cycle_epochs)
        rounds, rest = divmod(missing - 1, per_cycle)
        done = block.micro_batches + rounds * block.cycle_micro_batches
        for count, batches in block.cycle:
            per_epoch = self.samples_from(block.offset, batches)
            if rest < count * per_epoch:
                index, inside = divmod(rest, per_epoch)
                return done + index * batches + self._until(block.offset, inside + 1)
            rest -= count * per_epoch
            done += count * batches
        raise IndexError(samples)

    def _until(self, position: int, samples: int) -> int:
        """Return the fewest micro-batches from a position in the data that hold so many (at least one) samples."""
        size = self.pass_batches
        if not size or self.full == self.last:
            return -(-samples // self.full)
        begun = position % size
        samples += begun * self.full  # as if from the start of the pass
        passes, rest = divmod(samples - 1, (size - 1) * self.full + self.last)
        return passes * size + min(-(-(rest + 1) // self.full), size) - begun

    # --- walking -----------------------------------------------------------------------------------------------------

    def stretches(self, block: Block, backward: bool = False) -> Iterator[Stretch]:
        """Walk over the epochs of a block; there may be very many of them."""
        rounds = range(block.times)
        runs = []
        ahead = epoch = 0
        for count, batches in block.cycle:
            runs.append((ahead, epoch, count, batches))
            ahead += count * batches
            epoch += count
        if backward:
            rounds = rounds[::-1]
            runs.reverse()
        for turn in rounds:
            for begun, before, count, batches in runs:
                indices = range(count)[::-1] if backward else range(count)
                for index in indices:
                    yield self.stretch(
                        block,
                        turn * ahead + begun + index * batches,
                        block.epoch + turn * epoch + before + index,
                        batches,
                    )
