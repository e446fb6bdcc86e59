"""Which terms are whole numbers, whatever their symbols are."""

from __future__ import annotations

from epochlint.expressions.atoms import ONE, Apply, Atom, Extremum, Monomial, Rounding, Symbol, Term
from epochlint.expressions.rationals import quotient
from epochlint.expressions.terms import shared_number


def is_whole(term: Term) -> bool:
    """Tell whether a term is a whole number whatever its symbols are."""
    found = term.notes.get("whole")
    if found is None:
        found = term.notes["whole"] = all(
            coefficient.denominator == 1 and whole_monomial(monomial) for monomial, coefficient in term.parts.items()
        )
    return found


def whole_monomial(monomial: Monomial) -> bool:
    return all(power > 0 and whole_atom(atom) for atom, power in monomial)


def whole_atom(atom: Atom) -> bool:
    if isinstance(atom, Symbol):
        return atom.whole
    if isinstance(atom, Rounding):
        return True
    if isinstance(atom, Apply):
        if atom.function in ("round", "truncate"):
            return True
        return atom.function in ("add", "multiply") and all(is_whole(term) for term in atom.terms)
    return isinstance(atom, Extremum) and all(is_whole(term) for term in atom.terms)


def misses_zero(term: Term) -> bool:
    """Tell whether a term is never zero as its parts are multiples of a number that its constant is not: 8 * k + 4."""
    rest = [part for part in term.parts.items() if part[0]]
    if not rest or not all(whole_monomial(monomial) for monomial, _ in rest):
        return False
    step = shared_number([coefficient for _, coefficient in rest])
    return quotient(term.parts.get(ONE, 0), step).denominator != 1
