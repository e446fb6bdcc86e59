"""The loop machine: executes every policy of a training loop, and never walks through repetition.

Epochs that are alike and in which nothing can stop the run are passed over in one go, and so are whole passes over the
data; only the few epochs around a stop or a change of the window are looked at one by one, and inside an epoch every
question is answered by arithmetic. The cost grows with the number of stops and table rows, not with the run.
"""

from __future__ import annotations

from math import ceil, inf

from epochlint.plan.loop_policy import LoopPolicy, LoopResult, PolicyError, StopAt, check_policy
from epochlint.plan.loop_skips import growth, quiet_rounds
from epochlint.plan.loop_state import LoopState
from epochlint.plan.loop_tally import EpochTally
from epochlint.plan.loop_timeline import Timeline, fill_after, steps_in

FUEL = 20_000  # rounds of the machine; an admissible policy needs a few per stop and table row
INSIDE = {"step": 0, "micro-batch": 1, "pass": 2}  # what is looked at inside an epoch, in this order

Cycle = tuple[tuple[int, int], ...]


def run_loop(policy: LoopPolicy) -> LoopResult:
    """Execute a training loop. A policy that means nothing raises a PolicyError (a ValueError)."""
    check_policy(policy)
    return _Machine(policy).run()


class _Machine:
    def __init__(self, policy: LoopPolicy) -> None:
        self.policy = policy
        self.state = LoopState(policy)
        self.tally = EpochTally()
        self.part = 0.0  # of the last epoch, if it was cut short

    def run(self) -> LoopResult:
        stop = self._due("start") or self._due("epoch")
        for _ in range(FUEL):
            if stop:
                return self._result(stop)
            self.state.turn_rows()
            cycle, most = self._ahead()
            rounds = min(quiet_rounds(self.state, cycle), most) if cycle else 0
            if rounds == inf:
                return self._endless(cycle)
            if rounds:
                self._pass_over(int(rounds), cycle)
                continue
            ended = self._epoch()
            if ended is None:
                return self._endless(())
            stop = ended or self._due("epoch")
        raise PolicyError("the loop is too irregular to be planned")

    def _due(self, moment: str) -> str:
        """Return the name of the stop that ends the run at this moment between epochs, or nothing."""
        for stop in self.policy.stops:
            if stop.after == moment and self.state.count(stop.counter) >= stop.limit:
                return stop.name or stop.counter
        return ""

    # --- epochs that are alike ---------------------------------------------------------------------------------------

    def _ahead(self) -> tuple[Cycle, float]:
        """Return a cycle of epochs that comes next, and at most how often; nothing if the next epoch is special."""
        state = self.state
        batches = state.epoch_length()
        if batches is None or (batches == 0 and self.policy.empty_epoch == "stops"):
            return (), 0
        if state.alike_for_ever():
            return ((1, batches),), inf
        if not state.kept or not state.data or not state.asked:
            return (), 0
        whole, rest = divmod(state.data - state.position, state.asked)
        if state.position == 0 and self.policy.pass_end == "short_epoch":
            cycle = tuple(part for part in ((whole, state.asked), (1, rest)) if 0 not in part)
            if quiet_rounds(state, cycle) >= 1:
                return cycle, inf
        return ((1, state.asked),), whole

    def _pass_over(self, rounds: int, cycle: Cycle) -> None:
        if len(cycle) == 1:  # so that a block of equal epochs is one run of them
            rounds, cycle = 1, ((rounds * cycle[0][0], cycle[0][1]),)
        if not self.state.carries:
            self.state.fill = self.state.fresh
        self.tally.epochs(self.state, rounds, cycle)
        self.state.advance(rounds, cycle)

    # --- one epoch ---------------------------------------------------------------------------------------------------

    def _epoch(self) -> str | None:
        """Do one epoch; return what ended the run in it, "" if nothing did, None if the epoch never ends."""
        state = self.state
        total = state.epoch_length()
        runs_out = state.runs_out()
        steps_before = state.steps
        if not state.carries:
            state.fill = state.fresh
        if total == 0:
            state.blocks.append(state.block(1, ((1, 0),)))
        state.epochs += 1
        done, stop = 0, ""
        while not stop and (total is None or done < total):
            if self.policy.window_by != "epochs":
                state.turn_rows()
            left = inf if total is None else total - done
            stop, length = self._first_stop(min(left, state.until_row_end()), left, done, total)
            if length == inf:
                return None
            self._do(int(length), done, closes=length == left)
            done += int(length)
            if done == total:
                stop = self._end_of_epoch()
        completed = done == total
        state.completed += int(completed)
        self.part = 0.0 if completed or not total else done / total
        self.tally.epoch(state.steps - steps_before, completed)
        return stop or self._after_data(runs_out, total)

    def _after_data(self, ran_out: bool, total: int | None) -> str:
        """Settle what the data hold for the next epoch; return what ended the run."""
        state, end = self.state, self.policy.pass_end
        if not state.goes_on or (end == "short_epoch" and state.position == state.data):
            state.position = 0
        if ran_out and end == "exhausted":
            state.gone = True
            state.position = 0
        if ran_out and end == "stop":
            return "data"
        return "empty_epoch" if total == 0 and self.policy.empty_epoch == "stops" else ""

    def _do(self, batches: int, done: int, closes: bool) -> None:
        """Do micro-batches of the current epoch, of which `done` are done, with one window."""
        state = self.state
        state.blocks.append(state.part_of_epoch(batches, done, closes))
        steps = steps_in(state.fill, batches, state.window)
        state.fill = fill_after(state.fill, batches, state.window)
        state.steps += steps
        state.samples += state.samples_in(state.position, batches)
        state.micro_batches += batches
        state.move_on(batches)
        if steps:
            state.clean_at = state.micro_batches - state.fill

    def _end_of_epoch(self) -> str:
        """Settle the window at the end of an epoch, and look at every stop that is looked at inside epochs."""
        state = self.state
        short = state.fill > 0 and self.policy.tail == "step"
        if short:
            state.steps += 1
            state.clean_at = state.micro_batches
        stop = self._stop_now(stepped=short or state.fill == 0)
        if self.policy.tail == "discard":
            state.discarded += state.micro_batches - state.clean_at
            state.clean_at = state.micro_batches
        return stop

    # --- stops inside an epoch ---------------------------------------------------------------------------------------

    def _first_stop(self, length: float, left: float, done: int, total: int | None) -> tuple[str, float]:
        """Return what ends the run within `length` micro-batches and after how many; ("", length) if nothing does.

        The last micro-batch of an epoch, where a short step may be made, is left to `_end_of_epoch`.
        """
        found = (length, len(INSIDE), "")
        for stop in self.policy.stops:
            if stop.after not in INSIDE:
                continue
            moment = self._moment(stop, done, total)
            if moment <= length and moment < left and (moment, INSIDE[stop.after]) < found[:2]:
                found = (moment, INSIDE[stop.after], stop.name or stop.counter)
        return found[2], found[0]

    def _moment(self, stop: StopAt, done: int, total: int | None) -> float:
        """Return the micro-batches until a stop is seen to be due, if no epoch ends before."""
        state = self.state
        reached = self._reached(stop, done, total)
        if reached == inf or stop.after == "micro-batch":
            return reached
        if stop.after == "step":
            first = state.until_steps(1)
            return first + max(0, -(-(int(reached) - first) // state.window)) * state.window
        if not state.data:
            return inf
        return reached + (-(state.position + int(reached))) % state.data

    def _reached(self, stop: StopAt, done: int, total: int | None) -> float:
        """Return the micro-batches (at least one) until a counter has reached the limit of a stop."""
        state = self.state
        if stop.limit == inf:
            return inf
        if stop.counter == "epochs":
            before = self.policy.first_epoch + state.epochs - 1
            return _part_of_epoch(stop.limit, before, done, total)
        missing = stop.limit - state.count(stop.counter)
        if missing <= 0:
            return 1
        if stop.counter == "steps":
            return state.until_steps(ceil(missing))
        return state.until_samples(state.position, missing) if stop.counter == "samples" else ceil(missing)

    def _stop_now(self, stepped: bool) -> str:
        """Return the stop that is due after the last micro-batch of an epoch."""
        state = self.state
        at_pass_end = bool(state.data) and state.position % (state.data or 1) == 0
        happened = {"step": stepped, "micro-batch": True, "pass": at_pass_end}
        due = [
            (INSIDE[stop.after], index)
            for index, stop in enumerate(self.policy.stops)
            if happened.get(stop.after) and state.count(stop.counter) >= stop.limit
        ]
        if not due:
            return ""
        stop = self.policy.stops[min(due)[1]]
        return stop.name or stop.counter

    # --- the result --------------------------------------------------------------------------------------------------

    def _result(self, stop: str) -> LoopResult:
        state = self.state
        flushed = self.policy.tail == "flush_at_run_end" and state.clean_at < state.micro_batches
        if flushed:
            state.steps += 1
            state.clean_at = state.micro_batches
            self.tally.flush()
        epochs_run = state.completed + self.part if self.part else state.completed
        timeline = Timeline(
            tuple(state.blocks),
            carries=state.carries,
            short_step=self.policy.tail == "step",
            flushed=flushed,
            pass_batches=state.data,
            samples=state.sizes,
            steps=state.steps,
            micro_batches=state.micro_batches,
            epochs=state.epochs,
            completed=state.completed,
            epochs_run=epochs_run,
            first_epoch=self.policy.first_epoch,
        )
        return LoopResult(
            total_steps=state.steps,
            micro_batches=state.micro_batches,
            samples=None if state.sizes is None else state.samples,
            epochs_begun=state.epochs,
            epochs_completed=state.completed,
            epochs_run=epochs_run,
            first_epoch_steps=self.tally.first,
            last_epoch_steps=self.tally.last,
            steps_per_epoch=self.tally.same,
            ended_by=stop,
            never_ends=False,
            discarded=state.discarded,
            pending=state.micro_batches - state.clean_at,
            timeline=timeline,
        )

    def _endless(self, cycle: Cycle) -> LoopResult:
        """Describe a run that never ends: a cycle of epochs goes on for ever, or (no cycle) an epoch has no end."""
        state = self.state
        if not state.carries:
            state.fill = state.fresh
        if cycle:
            self.tally.epochs(state, FUEL, cycle)
        grows = growth(state, cycle) if cycle else {"micro_batches": 1, "steps": 1, "epochs": 0}
        works = grows["micro_batches"] > 0
        steps = works and (state.carries or grows["steps"] > 0)
        turns = grows["epochs"] > 0
        return LoopResult(
            total_steps=None if steps else state.steps,
            micro_batches=None if works else state.micro_batches,
            samples=None if works or state.sizes is None else state.samples,
            epochs_begun=None if turns else state.epochs,
            epochs_completed=None if turns else state.completed,
            epochs_run=None if turns else state.completed,
            first_epoch_steps=self.tally.first,
            last_epoch_steps=None,
            steps_per_epoch=self.tally.same,
            ended_by="",
            never_ends=True,
            discarded=None,
            pending=None,
            timeline=None,
        )


def _part_of_epoch(limit: float, before: int, done: int, total: int | None) -> float:
    """Return the micro-batches (at least one) until `before` epochs and a part of this one reach a limit."""
    if before >= limit:
        return 1
    if total is None or before + 1 < limit:
        return inf
    part = max(done + 1, int((limit - before) * total) - 2)
    while before + part / total < limit:  # rounding makes the first guess too small by a few at most
        part += 1
    return part - done
