"""Lengths of training that are computed in another unit than their name says: samples over devices for the steps of an
epoch, steps over a batch size for epochs."""

from __future__ import annotations

from epochlint.expressions.values import Known, Value
from epochlint.scripts.containers import Range
from epochlint.scripts.counting_words import BATCH, EPOCHS, SAMPLES, STEPS, TIMES, claims_length, named_count
from epochlint.scripts.facts import Observation
from epochlint.scripts.origins import DEEPEST, factors
from epochlint.scripts.recording import InLoop
from epochlint.scripts.sites import place_of, text_of
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.places import Place
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Operation

    Parts = list[tuple[str, int, Scalar]]  # what each factor counts, its power, and the number itself


def lengths(machine: Machine) -> Iterator[Observation]:
    """Yield each quotient whose name says that it is a number of steps or epochs, and which is none."""
    told: list[Scalar] = []
    for operation in machine.recorder.operations:
        place = place_of(operation.site) if operation.kind == "named" else None
        claimed = claims_length(text_of(operation.site)) if place is not None else ""
        number = _without_one_more(operation.operands[0])
        parts = _parts(number) if claimed else None
        if place is None or parts is None or _rests_on(number, told):
            continue
        observation = _observe(machine, operation, claimed, parts, place)
        if observation is not None:
            told.append(number)
            yield observation


def _without_one_more(number: Scalar) -> Scalar:
    """Return the quotient of `quotient + 1`, which rounds up by hand."""
    made = number.made
    added_one = made is not None and made[0] == "+" and len(made) == 3 and made[2].plain == 1
    return made[1] if made is not None and added_one and isinstance(made[1], Scalar) else number


def _rests_on(number: Scalar, others: list[Scalar], depth: int = 0) -> bool:
    """Tell whether a number is one of others, or made of one."""
    if any(number is other or number.site == other.site for other in others):
        return True
    parts = [part for part in number.made[1:] if isinstance(part, Scalar)] if number.made is not None else []
    return depth < DEEPEST and any(_rests_on(part, others, depth + 1) for part in parts)


def _parts(scalar: Scalar) -> Parts | None:
    """Return what the factors of a number count; None if that is not clear of each."""
    if _has_numbers_of_no_name(scalar):
        return None
    parts = [(_counted(one), power, one) for power, one in factors(scalar).values()]
    return parts if parts and all(counts for counts, _, _ in parts) else None


def _has_numbers_of_no_name(scalar: Scalar, depth: int = 0) -> bool:
    """Tell whether a number is divided or multiplied by one that stands there without a name: it may be a batch."""
    made = scalar.made
    if made is None or depth > DEEPEST:
        return not scalar.label and scalar.key is None and isinstance(scalar.plain, int | float) and scalar.plain != 1
    parts = [part for part in made[1:] if isinstance(part, Scalar)]
    return made[0] in ("+", "-", "**") or any(_has_numbers_of_no_name(part, depth + 1) for part in parts)


def _counted(scalar: Scalar) -> str:
    text = scalar.label or scalar.text
    if scalar.unit is not None:
        above = [base for base, power in scalar.unit.powers if power > 0]
        return {"samples": SAMPLES, "micro-batches": STEPS, "steps": STEPS}.get(above[0], "") if len(above) == 1 else ""
    if text.startswith("len("):
        return named_count(text) if named_count(text) in (SAMPLES, STEPS) else ""
    called = named_count(text.partition("(")[0].rpartition(".")[2])
    return called if "(" not in text or called == TIMES else ""


def _observe(machine: Machine, operation: Operation, claimed: str, parts: Parts, place: Place) -> Observation | None:
    powers = {counts: power for counts, power, _ in parts if counts not in (TIMES, EPOCHS)}
    alone = len(powers) == sum(counts in powers for counts, _, _ in parts)
    batch: Scalar | None = None
    if claimed == STEPS and powers == {SAMPLES: 1} and any(power < 0 for _, power, _ in parts):
        batch = _batch_in_sight(machine)
    elif claimed == EPOCHS and powers == {STEPS: 1, BATCH: -1} and _counts_passes(machine, operation.operands[0]):
        batch = next(one for counts, _, one in parts if counts == BATCH)
    if batch is None or not alone:
        return None
    values: dict[str, Value] = {
        "claimed": Known(claimed),
        "made_of": Known(SAMPLES if SAMPLES in powers else STEPS),
        "batch": batch.value,
        "number": operation.operands[0].value,
    }
    top = next(one for counts, power, one in parts if power > 0 and counts not in (TIMES, EPOCHS))
    texts = (
        ("number", text_of(operation.site)),
        ("top", top.label or top.text),
        ("batch", batch.label or batch.text),
    )
    places = {"number": place, "batch": batch.place}
    known = tuple((name, one) for name, one in places.items() if one is not None)
    return Observation("length", place, tuple(values.items()), known, texts)


def _batch_in_sight(machine: Machine) -> Scalar | None:
    """Return the size of the batches that the script asks for somewhere: a number of that name, passed to a call."""
    for call in machine.recorder.calls:
        for passed in call.passed:
            if not isinstance(passed.datum, Scalar):
                continue
            found = [one for power, one in factors(passed.datum).values() if power > 0]
            for one in found or [passed.datum]:
                name = one.label or passed.name
                if named_count(name.rpartition(".")[2]) == BATCH and isinstance(one.plain, int) and one.plain > 1:
                    return one
    return None


def _counts_passes(machine: Machine, number: Scalar) -> bool:
    """Tell whether a number is how often a loop goes around that has a loop over data inside."""
    for loop in machine.recorder.loops:
        outer = next((one.loop for one in reversed(loop.frames) if isinstance(one, InLoop)), None)
        if (
            outer is not None
            and not isinstance(loop.over, Range)
            and isinstance(outer.over, Range)
            and outer.over.stop is number
        ):
            return True
    return False
