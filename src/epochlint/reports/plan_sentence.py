"""A plan in one sentence."""

from __future__ import annotations

from epochlint.reports.numbers import UNKNOWN, amount, estimate
from epochlint.reports.terminal import count, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.plan.plan import Plan

# What a run comes to. Whoever lacks one of these had better supply what it is made of.
_RESULTS = frozenset(
    {"total_steps", "total_micro_batches", "epochs_run", "samples_seen", "steps_per_epoch", "micro_batches_per_epoch",
     "schedule_steps"}
)  # fmt: skip
MOST_NAMES = 3
# Log entries are too many to be worth a word here.
_EVENTS = (("evaluations", "evaluation"), ("checkpoints", "checkpoint"))


def sentence(plan: Plan) -> str:
    """Return `2.45 epochs: 500 steps of 256 samples, 127,616 seen; 2 evaluations, 1 checkpoint`.

    What is not known is called so, and what is known only within bounds is `at most` or `at least` so much.
    """
    outcome = plan.outcome
    if outcome.kind == "raises":
        return f"Does not train: raises {outcome.error or 'an error'}{f': {outcome.reason}' if outcome.reason else ''}"
    text = "; ".join(part for part in (_length(plan), _events(plan)) if part)
    if outcome.kind == "never_ends":
        text = f"Never ends by itself: {text}"
    return text[:1].upper() + text[1:]


def _length(plan: Plan) -> str:
    epochs, steps = _amount(plan, "epochs_run"), _amount(plan, "total_steps")
    asked = plan.entry("epochs_run")
    if asked is not None and "dataset_size" in asked.missing:
        epochs = UNKNOWN  # a bound that holds because data have at least one sample says nothing
    if epochs == UNKNOWN and steps == UNKNOWN:
        missing = missing_in(plan)
        return f"length unknown for want of {_some(missing)}" if missing else "length unknown"
    batch = _estimate(plan, "global_batch_size")
    seen = _estimate(plan, "samples_seen")
    if steps == UNKNOWN:
        each = f", {batch} samples each" if batch != UNKNOWN else ""
        return f"{epochs} of an unknown number of steps{each}"
    length = f"{steps} of {batch} samples" if batch != UNKNOWN else steps
    length += f", {seen} seen" if seen != UNKNOWN else ""
    return f"{length}; how many epochs is unknown" if epochs == UNKNOWN else f"{epochs}: {length}"


def _events(plan: Plan) -> str:
    known, unknown = [], []
    for name, singular in _EVENTS:
        occurrences = dict(plan.events).get(name)
        if occurrences is None:
            continue
        if occurrences.count is None:
            unknown.append(name)
        else:
            known.append(f"no {singular}" if occurrences.count == 0 else count(occurrences.count, singular))
    if unknown:
        known.append(f"{listed(unknown)} unknown")
    return ", ".join(known)


def missing_in(plan: Plan) -> tuple[str, ...]:
    """Return the names of what would settle the unknown numbers of a plan, causes rather than results."""
    names = tuple(dict.fromkeys(name for _, entry in plan.quantities for name in entry.missing))
    return tuple(name for name in names if name not in _RESULTS) or names


def _some(names: tuple[str, ...]) -> str:
    return listed(names if len(names) <= MOST_NAMES else (*names[: MOST_NAMES - 1], "others"))


def _amount(plan: Plan, quantity: str) -> str:
    entry = plan.entry(quantity)
    return amount(entry.value, entry.unit) if entry is not None else UNKNOWN


def _estimate(plan: Plan, quantity: str) -> str:
    entry = plan.entry(quantity)
    return estimate(entry.value) if entry is not None else UNKNOWN
