"""The state of the loop machine: what has been done, where in the data we are, how full the window is."""

from __future__ import annotations

from math import inf

from epochlint.plan.loop_policy import LoopPolicy
from epochlint.plan.loop_timeline import Block, fill_after, steps_in
from epochlint.records import replace


class LoopState:
    """Counts of this run (`epochs` are those begun), and everything that decides how it goes on."""

    def __init__(self, policy: LoopPolicy) -> None:
        self.policy = policy
        self.data = policy.pass_batches
        self.asked = policy.epoch_batches
        self.kept = policy.keeps_position
        self.carries = policy.carries
        self.sizes = policy.sample_counts()
        self.rows = policy.rows()
        self.row = 0
        self.steps = 0
        self.micro_batches = 0
        self.samples = 0
        self.epochs = 0
        self.completed = 0
        self.position = 0  # micro-batches of the current pass that are used up
        self.gone = False  # the data are exhausted for good
        self.turn_rows()
        self.fill = self.fresh
        self.clean_at = 0  # the micro-batch after which no gradients were waiting
        self.discarded = 0
        self.blocks: list[Block] = []

    @property
    def window(self) -> int:
        return self.rows[self.row][1]

    @property
    def goes_on(self) -> bool:
        """True if an epoch goes on in the data where the last one stopped."""
        return self.kept and not self.gone

    @property
    def fresh(self) -> int:
        """How full a window counts as when it begins anew."""
        return self.policy.window_start % self.window

    def count(self, counter: str) -> int:
        if counter == "steps":
            return self.steps
        if counter == "micro_batches":
            return self.micro_batches
        return self.samples if counter == "samples" else self.policy.first_epoch + self.epochs

    # --- the data ----------------------------------------------------------------------------------------------------

    def epoch_length(self) -> int | None:
        """Return the micro-batches of the epoch that would begin now; None if it has no end."""
        if self.data == 0:
            return 0
        if self.gone:
            most = self.policy.left_over if self.data is None else min(self.policy.left_over, self.data)
            return most if self.asked is None else min(most, self.asked)
        if self.asked is None:
            return self.data
        if self.data is None or self.policy.pass_end == "restart":
            return self.asked
        return min(self.asked, self.data - self.position)

    def runs_out(self) -> bool:
        """True if the data run out in the epoch that would begin now, and do not just begin again."""
        if self.data is None or self.policy.pass_end == "restart" or self.gone:
            return False
        return self.asked is None or self.asked > self.data - self.position

    def alike_for_ever(self) -> bool:
        """True if all epochs to come have as many micro-batches as the next one."""
        if self.gone or self.data is None or self.asked == 0 or self.policy.pass_end == "restart":
            return True
        if self.data == 0:
            return self.policy.pass_end != "stop"
        if self.kept:
            return False
        return self.policy.pass_end == "short_epoch" or (self.asked is not None and self.asked <= self.data)

    def move_on(self, batches: int) -> None:
        """Use up micro-batches of the data."""
        self.position += batches
        if self.data and (self.policy.pass_end == "restart" or not self.goes_on):
            self.position %= self.data

    def samples_in(self, position: int, batches: int) -> int:
        """Return the samples of so many micro-batches from a position in the data; 0 if the batch size is not known."""
        if self.sizes is None or batches == 0:
            return 0
        full, last = self.sizes
        ends = (position + batches) // self.data if self.data else 0
        return batches * full + ends * (last - full)

    def until_samples(self, position: int, wanted: float) -> float:
        """Return the fewest micro-batches (at least one) from a position that hold so many samples."""
        if wanted == inf:
            return inf
        high = 1
        while self.samples_in(position, high) < wanted:
            high *= 2
        low = high // 2 + 1 if high > 1 else 1
        while low < high:
            middle = (low + high) // 2
            if self.samples_in(position, middle) >= wanted:
                high = middle
            else:
                low = middle + 1
        return high

    # --- the window --------------------------------------------------------------------------------------------------

    def turn_rows(self) -> None:
        """Take up the row of the window table that is in force now."""
        by = self.policy.window_by
        while self.row + 1 < len(self.rows) and self.count(by) >= self.rows[self.row + 1][0]:
            self.row += 1

    def until_row_end(self) -> float:
        """Return the micro-batches until the window table changes inside an epoch."""
        by = self.policy.window_by
        if by == "epochs" or self.row + 1 >= len(self.rows):
            return inf
        missing = self.rows[self.row + 1][0] - self.count(by)
        if by == "micro_batches":
            return missing
        if by == "steps":
            return self.until_steps(missing)
        return self.until_samples(self.position, missing)

    def until_steps(self, steps: int) -> int:
        """Return the micro-batches until so many (at least one) more full steps are made with this window."""
        return max(1, self.window - self.fill) + (steps - 1) * self.window

    def epoch_steps(self, batches: int) -> int:
        """Return the optimizer steps of a whole epoch whose window begins anew."""
        short = self.policy.tail == "step" and batches > 0 and fill_after(self.fresh, batches, self.window) > 0
        return steps_in(self.fresh, batches, self.window) + int(short)

    # --- many epochs at once -----------------------------------------------------------------------------------------

    def block(self, times: int, cycle: tuple[tuple[int, int], ...]) -> Block:
        return Block(
            self.epochs, self.micro_batches, self.steps, self.samples, self.position if self.goes_on else None,
            self.fill, self.window, times, cycle,
        )  # fmt: skip

    def part_of_epoch(self, batches: int, done: int, closes: bool) -> Block:
        """Describe micro-batches of the current epoch, of which `done` are done."""
        return replace(self.block(1, ((1, batches),)), epoch=self.epochs - 1, offset=done, closes=closes)

    def advance(self, times: int, cycle: tuple[tuple[int, int], ...]) -> None:
        """Do whole epochs, of which none ends the run."""
        if not self.carries:
            self.fill = self.fresh
        self.blocks.append(self.block(times, cycle))
        batches = times * sum(count * size for count, size in cycle)
        if self.goes_on:
            self.samples += self.samples_in(self.position, batches)
            self.move_on(batches)
            if self.policy.pass_end == "short_epoch" and self.data:
                self.position %= self.data
        else:
            self.samples += times * sum(count * self.samples_in(0, size) for count, size in cycle)
        self.micro_batches += batches
        if self.carries:
            steps = steps_in(self.fill, batches, self.window)
            self.fill = fill_after(self.fill, batches, self.window)
            if steps:
                self.clean_at = self.micro_batches - self.fill
        else:
            steps = times * sum(count * self.epoch_steps(size) for count, size in cycle)
            self._clean_up(times, cycle)
        self.steps += steps
        epochs = times * sum(count for count, _ in cycle)
        self.epochs += epochs
        self.completed += epochs

    def _clean_up(self, times: int, cycle: tuple[tuple[int, int], ...]) -> None:
        """Note what became of the gradients in whole epochs whose window begins anew."""
        ahead = 0
        for count, size in reversed(cycle):
            steps = steps_in(self.fresh, size, self.window)
            left = fill_after(self.fresh, size, self.window) if steps else size
            if self.policy.tail == "discard":
                self.discarded += times * count * left
                self.clean_at = self.micro_batches
            elif self.policy.tail == "step":
                self.clean_at = self.micro_batches
            elif steps:
                self.clean_at = self.micro_batches - ahead - left
                return
            ahead += count * size
