"""Which terms are whole numbers, whatever their symbols are."""

from __future__ import annotations

from epochlint.expressions.atoms import Apply, Atom, Extremum, Monomial, Rounding, Symbol, Term


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
