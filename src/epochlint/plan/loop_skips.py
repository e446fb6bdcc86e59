"""For how long nothing can happen but the expected: what lets the loop machine pass over epochs that are alike."""

from __future__ import annotations

from math import ceil, inf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.plan.loop_state import LoopState

Cycle = tuple[tuple[int, int], ...]


def quiet_rounds(state: LoopState, cycle: Cycle) -> float:
    """Return for how many rounds of a cycle of epochs no stop and no row of the window table comes up."""
    grows = growth(state, cycle)
    quiet: float = inf
    for stop in state.policy.stops:
        if stop.after == "start":
            continue
        if state.count(stop.counter) < stop.limit:
            rounds = _rounds_below(state, stop.counter, stop.limit, grows)
        else:
            rounds = _rounds_until(state, stop.after, grows)
        quiet = min(quiet, rounds)
    if state.row + 1 < len(state.rows):
        quiet = min(quiet, _rounds_below(state, state.policy.window_by, state.rows[state.row + 1][0], grows))
    return quiet


def growth(state: LoopState, cycle: Cycle) -> dict[str, int]:
    """Return by how much each counter grows in a round (steps only where the window begins anew in each epoch)."""
    return {
        "epochs": sum(count for count, _ in cycle),
        "micro_batches": sum(count * size for count, size in cycle),
        "steps": 0 if state.carries else sum(count * state.epoch_steps(size) for count, size in cycle),
        "samples": sum(count * state.samples_in(0, size) for count, size in cycle),
    }


def _rounds_below(state: LoopState, counter: str, limit: float, grows: dict[str, int]) -> float:
    """Return the most rounds after which a counter is still below a limit that it has not reached yet."""
    if limit == inf:
        return inf
    batches = grows["micro_batches"]
    if counter == "steps" and state.carries:
        return (state.until_steps(ceil(limit) - state.steps) - 1) // batches if batches else inf
    if counter == "samples" and state.goes_on:
        missing = state.until_samples(state.position, limit - state.samples)
        return (int(missing) - 1) // batches if batches else inf
    change = grows[counter]
    return (ceil(limit) - state.count(counter) - 1) // change if change else inf


def _rounds_until(state: LoopState, moment: str, grows: dict[str, int]) -> float:
    """Return the rounds that pass before a moment at which a stop that is due will be seen."""
    batches = grows["micro_batches"]
    if batches == 0:
        return 0 if moment == "epoch" else inf
    if moment == "step":
        if state.carries:
            return (state.until_steps(1) - 1) // batches
        return 0 if grows["steps"] else inf
    if moment == "pass":
        if not state.data:
            return inf
        if state.goes_on:
            return (state.data - 1 - state.position) // batches
        return 0 if grows["epochs"] * state.data <= batches else inf
    return 0
