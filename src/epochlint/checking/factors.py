"""Terms without their rounding: two counts that differ by a factor differ by it exactly only before they are
rounded."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.algebra import Term
    from epochlint.expressions.atoms import Atom

_DEEPEST = 12
_ROUNDINGS = ("round", "truncate")


def rough(term: Term, depth: int = 0) -> Term:
    """Return a term with every rounding left out; `max(1, n)` and `abs(n)` are taken for n."""
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
    from epochlint.expressions.algebra import Apply, Ceil, Floor, constant_of, negate
    from epochlint.expressions.atoms import Extremum, atom_term

    if isinstance(atom, Ceil | Floor) or (isinstance(atom, Apply) and atom.function in _ROUNDINGS):
        return rough(atom.terms[0], depth + 1)
    if isinstance(atom, Extremum):
        varying = [term for term in atom.terms if constant_of(term) is None]
        if len(varying) == 1 or (len(varying) == 2 and negate(varying[0]) == varying[1]):
            return rough(min(varying, key=_least_negative), depth + 1)
    return atom_term(atom)


def _least_negative(term: Term) -> tuple[int, str]:
    """Order a number and its opposite, always alike: `abs(n - m)` does not tell which of the two was meant."""
    from epochlint.expressions.term_text import text

    return sum(coefficient < 0 for coefficient in term.parts.values()), text(term)


def over(top: Value, bottom: Value) -> Value:
    """Return how many times one count is the other, both taken without rounding; unknown where that is not one
    product."""
    numbers = [one for one in (top, bottom) if isinstance(one, Known) and type(one.value) in (int, float)]
    if len(numbers) + sum(isinstance(one, Symbolic) for one in (top, bottom)) != 2 or Known(0) in (top, bottom):
        return UNKNOWN
    from epochlint.expressions.algebra import constant_of, ratio

    found = ratio(rough(_term(top)), rough(_term(bottom)))
    if found is None:
        return UNKNOWN
    number = constant_of(found)
    if number is None:
        return Symbolic(found)
    return Known(abs(int(number) if number.denominator == 1 else float(number)))  # both are counts


def _term(value: Value) -> Term:
    from epochlint.expressions.algebra import constant
    from epochlint.expressions.rationals import as_written

    if isinstance(value, Symbolic):
        return value.term
    number = value.value if isinstance(value, Known) else 0
    return constant(as_written(number) if isinstance(number, float) else int(number))  # type: ignore[arg-type]
