"""What things are where a number or a truth value is wanted."""

from __future__ import annotations

from epochlint.scripts.callables import Class, Function, Module
from epochlint.scripts.containers import Iteration, Mapping, Range, Sequence, Slice
from epochlint.scripts.joining import join
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import truth
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine


def as_number(machine: Machine, datum: Datum) -> Scalar | None:
    """Return what a thing is when it is counted with; None for what is certainly no number."""
    if isinstance(datum, Scalar):
        return datum
    if isinstance(datum, Opaque):
        if datum.kind and datum.kind not in ("int", "float", "bool"):
            return None
        return machine.symbols.number_of(datum, line_of(datum.site))
    if isinstance(datum, Object) and datum.cls is None and is_function_result(datum):
        return machine.symbols.number_of(datum, line_of(datum.site))
    if isinstance(datum, Choice):
        numbers = [(when, as_number(machine, one)) for when, one in datum.alternatives]
        if all(number is not None for _, number in numbers):
            joined = join([(when, number) for when, number in numbers if number is not None], datum.site)
            return joined if isinstance(joined, Scalar) else None
    return None


def is_function_result(thing: Object) -> bool:
    """Tell whether a library's object came from a function rather than from a class: it may be anything, a number
    too."""
    name = thing.types[0].rpartition(".")[2] if thing.types else ""
    return thing.native is None and name[:1].islower() and "shape" not in thing.properties


def is_something(thing: Datum) -> bool:
    """Tell whether a thing is certainly not None."""
    if isinstance(thing, Object):
        return thing.cls is not None or not is_function_result(thing)
    return isinstance(thing, Sequence | Mapping | Function | Class | Module | Range | Iteration | Slice)


def truth_of(machine: Machine, thing: Datum) -> bool | None:
    """Tell whether a thing counts as true, None if that is not known."""
    if isinstance(thing, Scalar):
        return truth(thing.value)
    if isinstance(thing, Sequence):
        return True if thing.items else False if thing.complete else None
    if isinstance(thing, Mapping):
        return True if thing.entries else False if thing.complete else None
    if isinstance(thing, Object):
        sized = thing.cls is not None and (thing.cls.find("__len__") or thing.cls.find("__bool__"))
        return None if sized or "length" in thing.properties or is_function_result(thing) else True
    if isinstance(thing, Function | Class | Module):
        return True
    if isinstance(thing, Choice):
        held = {truth_of(machine, one) for _, one in thing.alternatives}
        return held.pop() if len(held) == 1 else None
    return None
