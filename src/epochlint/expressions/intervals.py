"""Bounds of terms: interval arithmetic on the normal form, sharpened where one unknown occurs several times.

Plain interval arithmetic takes every occurrence of an unknown for a number of its own. Three steps keep them together:

- `ceil(x)` is `x + r` with a remainder r from 0 to 1 (to `1 - 1/d` if `d * x` is whole). A term is linear in r, so it
  is extreme where r is; the same goes for `floor`.
- `max(a, b)` is a or b, and not below either.
- A factor that all parts share is taken out, and an atom of at least `low` is written as `low + s`; then
  `a * b - a` with a and b of at least 1 is seen to be at least 0.

Bounds hold wherever the term is defined (no division by zero). Ends are closed; an infinite one stands for no bound.
"""

from __future__ import annotations

from math import inf, lcm

from epochlint.expressions.atoms import (
    Apply,
    Atom,
    Ceil,
    Extremum,
    Floor,
    Inverse,
    Minimum,
    Monomial,
    Rounding,
    Symbol,
    Term,
    atom_term,
    atoms,
    constant,
    symbol,
)
from epochlint.expressions.ends import (
    EVERYTHING,
    End,
    Interval,
    interval_power,
    interval_scaled,
    interval_times,
    plus_end,
    round_end,
    whole_ends,
)
from epochlint.expressions.rationals import Rational, lean
from epochlint.expressions.term_text import atom_text
from epochlint.expressions.terms import (
    add,
    common_factor,
    divide,
    expand,
    fits,
    multiply,
    product,
    subtract,
)
from epochlint.expressions.wholes import is_whole, misses_zero, whole_atom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_EFFORT = 4  # roundings and extrema that are taken apart
_MOST_PARTS = 12  # of a term worth the effort
_MOST_CHOICES = 4  # of an extremum that is taken apart
_MOST_DEGREE = 4


def bounds(term: Term) -> tuple[Rational | None, Rational | None, bool]:
    """Return the least and greatest value a term can have (None: no bound is known), and whether it is always whole."""
    low, high = interval(term)
    return (
        None if isinstance(low, float) else low,
        None if isinstance(high, float) else high,
        is_whole(term),
    )


def signs(term: Term) -> frozenset[int]:
    """Return the signs (-1, 0, 1) that a term can have."""
    found = term.notes.get("signs")
    if found is None:
        found = term.notes["signs"] = _signs(term)
    return found


def _signs(term: Term) -> frozenset[int]:
    possible = _signs_within(_direct(term))
    if len(possible) > 1:
        possible &= _signs_within(interval(term))
    if len(possible) > 1:
        above = _without_division(term)
        if above is not term:
            possible &= _signs_within(interval(above))
        if 0 in possible and misses_zero(above):
            possible -= {0}
    return possible


def _signs_within(ends: Interval) -> frozenset[int]:
    low, high = ends
    return frozenset(
        sign for sign, there in ((-1, low < 0), (0, low <= 0 <= high), (1, high > 0)) if there
    )  # fmt: skip


# --- denominators ---------------------------------------------------------------------------------------------------


def denominator(term: Term) -> Term | None:
    """Return a positive whole term of which the product with this term is whole; None if none is known."""
    number = 1
    powers: dict[Atom, int] = {}
    for monomial, coefficient in term.parts.items():
        number = lcm(number, coefficient.denominator)
        for atom, power in monomial:
            if not whole_atom(atom) or (power < 0 and atom_interval(atom)[0] <= 0):
                return None
            if power < 0:
                powers[atom] = max(-power, powers.get(atom, 0))
    return Term({frozenset(powers.items()): number})


def _without_division(term: Term) -> Term:
    """Return a term multiplied by what it is divided by, as far as that is positive: it has the same sign."""
    powers: dict[Atom, int] = {}
    for monomial in term.parts:
        for atom, power in monomial:
            if power < 0 and atom_interval(atom)[0] >= 0:
                powers[atom] = max(-power, powers.get(atom, 0))
    return expand(term, Term({frozenset(powers.items()): 1})) if powers else term


# --- bounds ----------------------------------------------------------------------------------------------------------


def interval(term: Term, effort: int = _EFFORT) -> Interval:
    """Return the ends between which a term lies; `effort` bounds the work."""
    key = f"interval {effort}"
    found = term.notes.get(key)
    if found is None:
        low, high = _direct(term)
        if 1 < len(term.parts) <= _MOST_PARTS and _repeats(term):
            for better in _sharper(term, effort):
                low, high = max(low, better[0]), min(high, better[1])
        found = term.notes[key] = whole_ends(low, high) if is_whole(term) else (low, high)
    return found


def _repeats(term: Term) -> bool:
    """Tell whether an unknown occurs more than once; plain interval arithmetic is exact enough where none does."""
    seen = [atom for atom in atoms(term) if isinstance(atom, Symbol)]
    return len(seen) != len(set(seen))


def _direct(term: Term) -> Interval:
    """Return the sum of what the parts can be, each by itself."""
    found = term.notes.get("direct")
    if found is None:
        low: End = 0
        high: End = 0
        for monomial, coefficient in term.parts.items():
            ends = interval_scaled(_monomial_interval(monomial), coefficient)
            low, high = plus_end(low, ends[0]), plus_end(high, ends[1])
        found = term.notes["direct"] = whole_ends(low, high) if is_whole(term) else (low, high)
    return found


def _sharper(term: Term, effort: int) -> Iterator[Interval]:
    """Yield further intervals in which a term lies."""
    atom = _linear_atom(term) if effort else None
    if isinstance(atom, Rounding):
        corners = [interval(_put(term, atom, corner), effort - 1) for corner in _corners(atom)]
        yield min(low for low, _ in corners), max(high for _, high in corners)
    elif isinstance(atom, Extremum):
        yield _by_choice(term, atom, effort - 1)
    else:
        shared = common_factor(term)
        if shared:
            turned = frozenset((factor, -power) for factor, power in shared)
            rest = Term({product(monomial, turned): coefficient for monomial, coefficient in term.parts.items()})
            yield interval_times(_monomial_interval(shared), interval(rest, 0))
        yield _shifted(term)


def _linear_atom(term: Term) -> Rounding | Extremum | None:
    """Return the deepest rounding or extremum that a term is linear in."""
    found: dict[Rounding | Extremum, bool] = {}
    for monomial in term.parts:
        for atom, power in monomial:
            if isinstance(atom, Rounding | Extremum):
                found[atom] = found.get(atom, True) and power == 1
    usable = [atom for atom, linear in found.items() if linear and len(atom.terms) <= _MOST_CHOICES]
    if not usable:
        return None
    return max(usable, key=lambda atom: (atom.depth, atom_text(atom)))


def _put(term: Term, atom: Atom, instead: Term) -> Term:
    """Replace an atom that occurs with power 1; not inside other atoms."""
    kept: dict[Monomial, Rational] = {}
    factor: dict[Monomial, Rational] = {}
    for monomial, coefficient in term.parts.items():
        if (atom, 1) in monomial:
            factor[monomial - {(atom, 1)}] = coefficient
        else:
            kept[monomial] = coefficient
    return add(Term(kept), multiply(Term(factor), instead))


def _corners(atom: Rounding) -> tuple[Term, Term]:
    """Return the two terms between which a rounding lies."""
    below = denominator(atom.term)
    most = constant(1) if below is None else subtract(constant(1), divide(constant(1), below))
    return atom.term, add(atom.term, most) if isinstance(atom, Ceil) else subtract(atom.term, most)


def _by_choice(term: Term, atom: Extremum, effort: int) -> Interval:
    """Bound a term by putting each of the terms of an extremum in its place."""
    ends = [interval(_put(term, atom, choice), effort) for choice in atom.terms]
    low, high = min(one[0] for one in ends), max(one[1] for one in ends)
    factor = Term({m - {(atom, 1)}: c for m, c in term.parts.items() if (atom, 1) in m})
    least, most = _direct(factor)
    if isinstance(atom, Minimum):
        least, most = -most, -least
    if least >= 0:  # the term rises with a maximum, which is not below any of the choices
        low = max(one[0] for one in ends)
    elif most <= 0:
        high = min(one[1] for one in ends)
    return low, high


def _shifted(term: Term) -> Interval:
    """Bound a polynomial by writing every atom as its distance from one of its bounds."""
    degree = max(sum(power for _, power in monomial) for monomial in term.parts)
    if degree > _MOST_DEGREE or any(power < 0 for monomial in term.parts for _, power in monomial):
        return EVERYTHING
    found = {atom for monomial in term.parts for atom, _ in monomial}
    distances: dict[Atom, Term] = {}
    for index, atom in enumerate(sorted(found, key=atom_text)):
        low, high = atom_interval(atom)
        apart = None if isinstance(low, float) or isinstance(high, float) else lean(high - low)
        distance = symbol(f"·{index}", None, 0, apart)
        if not isinstance(low, float):
            distances[atom] = add(constant(low), distance)
        elif not isinstance(high, float):
            distances[atom] = subtract(constant(high), distance)
        else:
            distances[atom] = atom_term(atom)
    total = constant(0)
    for monomial, coefficient in term.parts.items():
        piece = constant(coefficient)
        for atom, power in sorted(monomial, key=lambda part: atom_text(part[0])):
            for _ in range(power):
                piece = expand(piece, distances[atom])
        total = add(total, piece)
        if not fits(total):
            return EVERYTHING
    return _direct(total)


# --- intervals of the parts ------------------------------------------------------------------------------------------


def _monomial_interval(monomial: Monomial) -> Interval:
    ends: Interval | None = None
    for atom, power in monomial:
        own = atom_interval(atom) if power == 1 else interval_power(atom_interval(atom), power)
        ends = own if ends is None else interval_times(ends, own)
    return ends or (1, 1)


def atom_interval(atom: Atom) -> Interval:
    if isinstance(atom, Symbol):
        low, high = -inf if atom.low is None else atom.low, inf if atom.high is None else atom.high
        return whole_ends(low, high) if atom.whole else (low, high)
    if isinstance(atom, Floor | Ceil):
        low, high = interval(atom.term)
        low, high = round_end(low, isinstance(atom, Ceil)), round_end(high, isinstance(atom, Ceil))
        # n / w is never zero, however many w there are: rounded up it is at least 1, though no end of n / w tells that.
        if isinstance(atom, Ceil) and low == 0 and signs(atom.term) == {1}:
            low = 1
        if isinstance(atom, Floor) and high == 0 and signs(atom.term) == {-1}:
            high = -1
        return low, high
    if isinstance(atom, Inverse):
        return interval_power(interval(atom.term), -1)
    ends = [interval(term) for term in atom.terms]
    if isinstance(atom, Extremum):
        least = min if isinstance(atom, Minimum) else max
        return least(low for low, _ in ends), least(high for _, high in ends)
    return _function_interval(atom, ends) if isinstance(atom, Apply) else EVERYTHING


def _function_interval(atom: Apply, ends: list[Interval]) -> Interval:
    if atom.function in ("round", "truncate"):
        low, high = ends[0]
        return round_end(low, False), round_end(high, True)
    result: Interval = (0, 0) if atom.function == "add" else (1, 1)
    if atom.function not in ("add", "multiply"):
        return EVERYTHING
    for one in ends:
        result = (
            (plus_end(result[0], one[0]), plus_end(result[1], one[1]))
            if atom.function == "add"
            else interval_times(result, one)
        )
    return result
