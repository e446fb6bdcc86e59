"""Batches cut out of an array one after the other: by a generator in its loop, or by a data set's `__getitem__`.

The first size of such a slice is a scalar that was made of ("cut", length of the whole, start, width). Where the start
moves by the width from round to round, that tells the batch, the samples of one pass and the last batch.
"""

from __future__ import annotations

from epochlint.expressions.values import Known, Unknown, Value
from epochlint.scripts.callables import Bound, Function
from epochlint.scripts.containers import Mapping, Range, Sequence
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import binary, combine
from epochlint.scripts.recording import InLoop
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.symbolic import is_count
from epochlint.scripts.things import Datum, Object, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Frames, Loop
    from epochlint.scripts.sites import Site

PROPERTIES = ("batch", "samples", "last_batch")
DEEPEST_NESTING = 6


def cut(length: Scalar, start: Scalar, stop: Scalar, site: Site) -> tuple[str, Scalar, Scalar, Scalar] | None:
    """Return of what the length of `x[start:stop]` is made; None where no width is sure."""
    width = binary("-", stop, start, site)
    if not is_count(width.value) or width.plain == 0:
        return None
    return ("cut", length, start, width)


def of_generator(machine: Machine, yielded: list[tuple[Datum, Frames]], site: Site) -> dict[str, Datum]:
    """Return what the one `yield` of a generator tells of its batches: nothing if a condition or a break decides."""
    if len(yielded) != 1:
        return {}
    thing, frames = yielded[0]
    loops = [frame.loop for frame in frames if isinstance(frame, InLoop)]
    if not loops or len(loops) != len(frames):
        return {}
    *around, loop = loops
    if any(outer.kind != "endless" for outer in around) or any(one.exits or one.always_breaks for one in loops):
        return {}
    found = _cut_of(thing)
    rounds = _round_of(machine, loop) if found is not None else None
    if found is not None and rounds is not None:
        return _batches(found, rounds, loop.iterations, site)
    return _handed_on(machine, thing, loop)


def _handed_on(machine: Machine, thing: Datum, loop: Loop) -> dict[str, Datum]:
    """Return what is known of the batches of a loader, where a generator yields each as it is."""
    from epochlint.scripts.properties import property_of

    if not isinstance(loop.over, Object) or loop.targets != (thing.text,):
        return {}
    told = {name: property_of(machine, loop.over, name) for name in PROPERTIES}
    return {name: value for name, value in told.items() if value is not None}


def of_items(machine: Machine, thing: Object) -> dict[str, Datum]:
    """Return what one item of an object with `__getitem__` and `__len__` of its own tells of its batches."""
    own = thing.cls.find("__getitem__") if thing.cls is not None else None
    count = thing.cls.find("__len__") if thing.cls is not None else None
    if not isinstance(own, Function) or not isinstance(count, Function):
        return {}
    index = Scalar(
        machine.symbols.symbol("index", ("index", id(thing)), None, line_of(thing.site), False, True),
        thing.site,
        "computed",
        None,
        "int",
    )
    machine.globals_kept.append(thing)
    machine.silent += 1
    try:
        found = _cut_of(machine.call(Bound(own, thing, thing.site), thing.site, [index]))
        rounds = machine.call(Bound(count, thing, thing.site), thing.site) if found is not None else None
    finally:
        machine.silent -= 1
    if found is None or not isinstance(rounds, Scalar):
        return {}
    return _batches(found, index.value, rounds.value, thing.site)


def _cut_of(thing: Datum, depth: int = 0) -> tuple[Scalar, Scalar, Scalar] | None:
    """Return the whole, start and width of the first array in a nest of tuples, lists and dicts."""
    if isinstance(thing, Sequence | Mapping) and depth < DEEPEST_NESTING:
        items = thing.items if isinstance(thing, Sequence) else tuple(thing.entries.values())
        return _cut_of(items[0], depth + 1) if items else None
    if not isinstance(thing, Object):
        return None
    shape = thing.properties.get("shape")
    size = shape.items[0] if isinstance(shape, Sequence) and shape.items else thing.properties.get("length")
    made = size.made if isinstance(size, Scalar) else None
    while made is not None and made[0] == "len":
        made = made[2]
    return made[1:4] if made is not None and made[0] == "cut" else None


def _round_of(machine: Machine, loop: Loop) -> Value | None:
    """Return how many rounds of a loop over a range were before, by its variable; None for other loops."""
    over = loop.over
    if loop.kind != "range" or not isinstance(over, Range) or len(loop.targets) != 1:
        return None
    name = loop.targets[0]
    variable = machine.symbols.symbol(name, ("loop", loop.token, name), None, line_of(loop.site), False, True)
    return combine("/", combine("-", variable, over.start.value), over.step.value)


def _batches(found: tuple[Scalar, Scalar, Scalar], before: Value, rounds: Value, site: Site) -> dict[str, Datum]:
    whole, start, width = found
    if isinstance(before, Unknown) or combine("*", before, width.value) != start.value:
        return {}
    values = {"batch": width.value}
    if not isinstance(whole.value, Unknown):
        full = combine("*", combine("-", rounds, Known(1)), width.value)
        rest = combine("-", whole.value, full)
        needed = call_function("ceil", (combine("/", whole.value, width.value),))
        if rounds == needed:
            values["samples"], values["last_batch"] = whole.value, rest
        else:
            values["samples"] = call_function("min", (whole.value, combine("+", full, width.value)))
            values["last_batch"] = call_function("min", (width.value, rest))
    return {
        name: constant(value.value, site) if isinstance(value, Known) else Scalar(value, site, "computed", None, "int")
        for name, value in values.items()
        if not isinstance(value, Unknown)
    }
