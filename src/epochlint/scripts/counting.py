"""Counters: variables that a loop counts up, and what they count."""

from __future__ import annotations

from epochlint.scripts.operators import linear
from epochlint.scripts.recording import Change, Counter
from epochlint.scripts.things import Datum, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Slots


def counter_at(machine: Machine, slots: Slots, key: Any, name: str, site: Site) -> Counter:
    """Return the counter of a variable that a loop changes, made when the outermost such loop begins."""
    where = (id(slots), key)
    counter = machine.counters.get(where)
    if counter is None:
        present = slots.get(key)
        counter = Counter(name, site, present if isinstance(present, Scalar) else None, machine.frames, (slots, key))
        machine.counters[where] = counter
        machine.globals_kept.append(slots)
    return counter


def note_change(machine: Machine, slots: Slots, key: Any, value: Datum) -> None:
    """Write down that a counter is counted up, or set anew."""
    counter = machine.counters.get((id(slots), key))
    if counter is None or machine.silent:
        return
    present = slots.get(key)
    amount = _amount(present, value)
    scalar = value if isinstance(value, Scalar) else None
    machine.recorder.changes.append(Change(counter, machine.frames, machine.recorder.moment(), amount, scalar))


def _amount(present: Any, value: Datum) -> Scalar | None:
    if not isinstance(value, Scalar) or not isinstance(present, Scalar) or value.made is None or len(value.made) != 3:
        return None
    sign, left, right = value.made
    if sign == "+" and left is present:
        return right  # type: ignore[no-any-return]
    if sign == "+" and right is present:
        return left  # type: ignore[no-any-return]
    base, offset = linear(value)
    if base is present and sign in "+-":
        from epochlint.scripts.things import constant

        return constant(offset, value.site)
    return None
