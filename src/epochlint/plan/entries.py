"""Entries of a plan: a quantity that was counted, one that nobody stated and that stands for itself, and what counts as
known."""

from __future__ import annotations

from epochlint.expressions.evaluate import missing_of
from epochlint.expressions.units import Unit
from epochlint.expressions.values import Known, Symbolic, Unknown, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.plan.plan import Entry
from epochlint.records import replace

COUNTED = "counted batch by batch"  # the formula of what the loop machine found


def as_counted(entry: Entry, value: Value) -> Entry:
    """Put the machine's number in the place of a closed formula's, whose derivation stands if it came to the same."""
    if entry.formula and entry.value == value:
        return entry
    return Entry(entry.quantity, value, entry.unit, entry.place, "computed", COUNTED)


def with_symbol(entry: Entry) -> Entry:
    """Give a quantity its own symbol where a formula only hands on what is not known: the length of data nobody can
    see."""
    handed_on = entry.expression is not None and entry.expression.tree[0] == "name"
    if not handed_on or not isinstance(entry.value, Unknown):
        return entry
    return replace(entry, value=symbol_of(entry.quantity), missing=(entry.quantity,))


def named(entry: Entry) -> Entry:
    """Give a quantity that nothing is known about its own symbol, so that bounds and formulas still work."""
    value = entry.value
    if not isinstance(value, Unknown):
        return Entry(entry.quantity, value, entry.unit, entry.place, entry.origin, missing=missing_of(value))
    symbol = symbol_of(entry.quantity)
    reason = value.reason
    missing = (entry.quantity,) if entry.quantity in QUANTITIES else ()
    return Entry(entry.quantity, symbol, entry.unit, entry.place, entry.origin, missing=missing, reason=reason)


def symbol_of(quantity: str) -> Value:
    """Return the symbol that stands for a quantity nobody stated, with the bounds that hold for every run."""
    from epochlint.expressions.algebra import symbol

    about = QUANTITIES.get(quantity)
    if about is None:
        return Unknown()
    return Symbolic(symbol(quantity, about.unit, about.low, None, about.whole))


def unit_of(quantity: str) -> Unit:
    about = QUANTITIES.get(quantity)
    return about.unit if about else Unit()


def is_unset_value(value: Value, unset: tuple[object, ...]) -> bool:
    return isinstance(value, Known) and any(value.value == one and type(value.value) is type(one) for one in unset)


def is_last_word(entry: Entry) -> bool:
    """Tell whether a framework's formula says that nothing can tell the number."""
    return isinstance(entry.value, Unknown) and entry.formula.startswith("unknown(")


def is_number(value: Value) -> bool:
    return isinstance(value, Known) and value.value is not None
