"""The unit of a term, from the units of its symbols."""

from __future__ import annotations

from epochlint.expressions.atoms import Apply, Atom, Extremum, Inverse, Monomial, Symbol, Term, constant_of
from epochlint.expressions.rationals import Rational
from epochlint.expressions.term_text import text
from epochlint.expressions.terms import sorted_atoms
from epochlint.expressions.units import RATIO, Unit
from epochlint.records import record


@record
class Conflict:
    """Two parts of a sum, or two terms of a minimum, have different units."""

    first: Unit
    second: Unit


def unit_of(term: Term) -> Unit | Conflict | None:
    """Return the unit of a term, None if it cannot be told, or a Conflict if what is added does not have one unit.

    A number in a product may be a quantity of any unit (the 32 in `n / 32` is a batch size), so only products without
    one have a unit. A number in a sum (`n - 1`) has the unit of the rest.
    """
    if not term.parts:
        return None
    return _common_unit([_product_unit(part, coefficient) for part, coefficient in term.parts.items() if part])


def _common_unit(units: list[Unit | Conflict | None]) -> Unit | Conflict | None:
    known = [unit for unit in units if unit is not None]
    for unit in known:
        if isinstance(unit, Conflict):
            return unit
        if unit != known[0] and isinstance(known[0], Unit):
            return Conflict(known[0], unit)
    return known[0] if known and len(known) == len(units) else None


def _product_unit(monomial: Monomial, coefficient: Rational) -> Unit | Conflict | None:
    unit: Unit | None = RATIO
    for atom, exponent in sorted_atoms(monomial):
        own = _atom_unit(atom)
        if isinstance(own, Conflict):
            return own
        if own is None or unit is None:
            unit = None
            continue
        for _ in range(min(abs(exponent), 8)):
            unit = unit.times(own) if exponent > 0 else unit.per(own)
    return unit if coefficient in (1, -1) else None


def _atom_unit(atom: Atom) -> Unit | Conflict | None:
    if isinstance(atom, Symbol):
        return atom.unit
    if isinstance(atom, Extremum):
        return _common_unit([unit_of(term) for term in sorted(atom.terms, key=text) if constant_of(term) is None])
    if isinstance(atom, Apply) and atom.function not in ("round", "truncate"):
        return None
    unit = unit_of(atom.terms[0])
    return RATIO.per(unit) if isinstance(atom, Inverse) and isinstance(unit, Unit) else unit
