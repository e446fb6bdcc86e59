"""Rounding and extrema, simplified in ways that are valid for all values of the symbols.

A rounding is brought to a form in which most ways of writing the same thing meet: whole parts stand outside, what is
inside begins positively, `floor((n + 7) / 8)` is `ceil(n / 8)`, and `ceil(ceil(n / 8) / 4)` is `ceil(n / 32)`.
"""

from __future__ import annotations

from math import floor as floor_of
from math import trunc

from epochlint.expressions.atoms import (
    ONE,
    Ceil,
    Floor,
    Maximum,
    Minimum,
    Monomial,
    Rounding,
    Term,
    atom_term,
    atoms,
    constant,
    constant_of,
    single,
)
from epochlint.expressions.intervals import denominator, interval, signs
from epochlint.expressions.rationals import Rational, lean, ratio
from epochlint.expressions.terms import add, as_term, divide, leading, multiply, negate, opaque, product, subtract
from epochlint.expressions.wholes import is_whole, whole_monomial

_MOST_COMPARED = 8  # terms of an extremum that are compared pair by pair
_MOST_AMONG = 32  # terms of an extremum


def ceil(term: Term) -> Term:
    """Return the least whole number that is not below a term."""
    return _rounded(term, True)


def floor(term: Term) -> Term:
    """Return the greatest whole number that is not above a term."""
    return _rounded(term, False)


def minimum(*terms: Term) -> Term:
    """Return the least of one or more terms."""
    return _extremum(terms, True)


def maximum(*terms: Term) -> Term:
    """Return the greatest of one or more terms."""
    return _extremum(terms, False)


def absolute(term: Term) -> Term:
    return maximum(term, negate(term))


def nearest(term: Term) -> Term:
    """Return the nearest whole number, of two that are as near the even one, as Python rounds."""
    number = constant_of(term)
    if number is not None:
        return constant(round(number))
    return term if is_whole(term) else opaque("round", (term,))


def truncate(term: Term) -> Term:
    """Return a term rounded towards zero."""
    possible = signs(term)
    if -1 not in possible:
        return floor(term)
    return ceil(term) if 1 not in possible else opaque("truncate", (term,))


# --- ceil and floor --------------------------------------------------------------------------------------------------


def _rounded(term: Term, up: bool) -> Term:
    if is_whole(term):
        return term
    outside, inside = _split(term)
    number = constant_of(inside)
    if number is not None:  # at least 0 and below 1
        return add(outside, constant(1 if up and number else 0))
    if leading(inside)[1] < 0:
        return subtract(outside, _rounded(negate(inside), not up))
    low, high = (_round_end(end, up) for end in interval(inside))
    if low is not None and low == high:
        return add(outside, constant(low))
    merged = _merged(inside, up)
    if merged is not None:
        return add(outside, _rounded(merged, up))
    inside, up, more = _centred(inside, up)
    if more:
        return add(outside, constant(more), _rounded(inside, up))
    if constant_of(inside) is None and (merged := _merged(inside, up)) is not None:
        return add(outside, _rounded(merged, up))
    rounding = Ceil(inside) if up else Floor(inside)
    return add(outside, as_term(rounding, "ceil" if up else "floor", (inside,)))


def _split(term: Term) -> tuple[Term, Term]:
    """Split a term into a part that is whole and the rest; of the constant, what remains is at least 0 and below 1."""
    outside: dict[Monomial, Rational] = {}
    inside: dict[Monomial, Rational] = {}
    for monomial, coefficient in term.parts.items():
        whole = 0
        if not monomial:
            whole = floor_of(coefficient)
        elif whole_monomial(monomial):
            whole = trunc(coefficient)
        if whole:
            outside[monomial] = whole
        if coefficient != whole:
            inside[monomial] = lean(coefficient - whole)
    return Term(outside), Term(inside)


def _round_end(end: Rational | float, up: bool) -> int | None:
    if isinstance(end, float):
        return None
    return -floor_of(-end) if up else floor_of(end)


def _merged(inside: Term, up: bool) -> Term | None:
    """Take away a rounding inside a rounding of the same direction: floor((floor(x) + k) / m) is floor((x + k) / m).

    That holds for whole k and positive whole m; there must be no second such rounding, so that the result does not
    depend on which one is taken away.
    """
    kind = Ceil if up else Floor
    found: tuple[Rounding, Monomial, Rational] | None = None
    for monomial, coefficient in inside.parts.items():
        for atom, power in monomial:
            if isinstance(atom, kind):
                if power != 1 or found is not None:
                    return None
                found = (atom, monomial, coefficient)
    if found is None or found[2].numerator != 1:
        return None
    atom, monomial, coefficient = found
    by = product(monomial, frozenset(((atom, -1),)))
    divisor = Term({frozenset((factor, -power) for factor, power in by): coefficient.denominator})
    if not is_whole(divisor) or signs(divisor) != {1}:
        return None
    others = subtract(multiply(inside, divisor), atom_term(atom))
    if not is_whole(others) or any(isinstance(one, kind) for one in atoms(others)):
        return None
    return divide(add(atom.term, others), divisor)


def _centred(inside: Term, up: bool) -> tuple[Term, bool, int]:
    """Return the same rounding as (inside, up, whole number to add), with a constant inside only where it must be."""
    divisor = denominator(inside)
    if divisor is None:
        return inside, up, 0
    number = constant_of(divisor)
    if number is not None:
        return _centred_on_steps(inside, up, int(number))
    offset = multiply(inside, divisor).parts.get(ONE, 0)
    step = divide(constant(1), divisor)
    if not up and offset == -1:
        return add(inside, step), True, -1
    if up and offset == 1:
        return subtract(inside, step), False, 1
    return inside, up, 0


def _centred_on_steps(inside: Term, up: bool, steps: int) -> tuple[Term, bool, int]:
    """The same where all but the constant are multiples of 1 / steps: of the constant only the whole steps count."""
    own = inside.parts.get(ONE, 0)
    rest = Term({monomial: coefficient for monomial, coefficient in inside.parts.items() if monomial})
    number = denominator(rest)
    steps = int(constant_of(number) or steps) if number is not None else steps
    count = _round_end(lean(own * steps), up) or 0  # steps in the constant, from 0 to `steps`
    if up:  # ceil(x + k / n) is floor(x + (k + n - 1) / n)
        count += steps - 1
    more, count = divmod(count, steps)
    if count == 0:
        return rest, False, more
    if count == steps - 1:
        return rest, True, more
    return add(rest, constant(ratio(count, steps))), False, more


# --- min and max -----------------------------------------------------------------------------------------------------


def _extremum(terms: tuple[Term, ...], least: bool) -> Term:
    kind, name = (Minimum, "minimum") if least else (Maximum, "maximum")
    among: list[Term] = []
    for term in terms:
        only = single(term)
        inner = next(iter(only[0]))[0] if only is not None and only[1] == 1 and len(only[0]) == 1 else None
        if isinstance(inner, kind) and term == atom_term(inner):
            among.extend(sorted(inner.terms, key=repr))
        else:
            among.append(term)
    kept = list(dict.fromkeys(among))
    if len(kept) <= _MOST_COMPARED:
        kept = _without_decided(kept, least)
    if len(kept) == 1:
        return kept[0]
    if len(kept) > _MOST_AMONG:
        return opaque(name, tuple(kept))
    return as_term(kind(frozenset(kept)), name, tuple(kept))


def _without_decided(terms: list[Term], least: bool) -> list[Term]:
    """Leave out terms that another one beats whatever the symbols are."""
    kept: list[Term] = []
    for term in terms:
        beaten = False
        for other in list(kept):
            possible = signs(subtract(term, other) if least else subtract(other, term))
            if -1 not in possible:  # the other one is never worse
                beaten = True
                break
            if 1 not in possible:
                kept.remove(other)
        if not beaten:
            kept.append(term)
    return kept
