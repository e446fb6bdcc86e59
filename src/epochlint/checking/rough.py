"""Terms without their rounding: two counts that differ by a factor differ by it exactly only before they are rounded."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.algebra import Term
    from epochlint.expressions.atoms import Atom

_DEEPEST = 12
_ROUNDINGS = ("round", "truncate")


def rough(term: Term, depth: int = 0) -> Term:
    """Return a term with every rounding left out, and with `max(1, n)` and its like taken for n."""
    from epochlint.expressions.algebra import add, constant, multiply, power

    if depth > _DEEPEST:
        return term
    pieces = []
    for monomial, coefficient in term.parts.items():
        piece = constant(coefficient)
        for atom, exponent in monomial:
            piece = multiply(piece, power(_without_rounding(atom, depth), exponent))
        pieces.append(piece)
    return add(*pieces)


def _without_rounding(atom: Atom, depth: int) -> Term:
    from epochlint.expressions.algebra import Apply, Ceil, Floor, constant_of
    from epochlint.expressions.atoms import Extremum, atom_term

    if isinstance(atom, Ceil | Floor) or (isinstance(atom, Apply) and atom.function in _ROUNDINGS):
        return rough(atom.terms[0], depth + 1)
    if isinstance(atom, Extremum):
        varying = [term for term in atom.terms if constant_of(term) is None]
        if len(varying) == 1:
            return rough(varying[0], depth + 1)
    return atom_term(atom)


def times(left: Term, right: Term) -> Term | None:
    """Return left / right without rounding, where that is one product; None if it is not."""
    from epochlint.expressions.algebra import ratio

    return ratio(rough(left), rough(right))
