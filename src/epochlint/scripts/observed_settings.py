"""Numbers that a script sets in a configuration of which nothing else is known: a message, a tree of some library."""

from __future__ import annotations

from epochlint.expressions.values import NONE, Value
from epochlint.knowledge.common_names import QUANTITIES_NAMED, told_once
from epochlint.scripts.counts import branches_of
from epochlint.scripts.facts import Observation
from epochlint.scripts.sites import place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Operation


def configurations(machine: Machine) -> Iterator[Observation]:
    """Yield what a script sets, if it says how long training is, by what such numbers are called everywhere."""
    entries = [
        (tuple(str(one.operands[1].plain).split(".")), one)
        for one in machine.recorder.operations
        if one.kind == "set" and not branches_of(one.frames)
    ]
    told = told_once(entries)
    length = told.get("max_steps")
    place = place_of(length.site) if length is not None else None
    if place is None:
        return
    values: dict[str, Value] = {name: _value(told.get(name)) for name in QUANTITIES_NAMED}
    places = {name: place_of(one.operands[0].site) for name, one in told.items()}
    texts = tuple((name, str(one.operands[1].plain).rpartition(".")[2]) for name, one in told.items())
    known = tuple((name, one) for name, one in places.items() if one is not None)
    yield Observation("configuration", place, tuple(values.items()), known, texts)


def _value(operation: Operation | None) -> Value:
    return operation.operands[0].value if operation is not None else NONE
