"""The four operations on terms.

Everything is bounded. An operation whose result would have too many parts gives an opaque atom that still remembers its
operands (`Apply`), and where those have become too large, one that only remembers a digest of them: it is equal to
itself and nothing more is known about it.
"""

from __future__ import annotations

from math import gcd, lcm

from epochlint.expressions import rationals
from epochlint.expressions.atoms import (
    ZERO,
    Apply,
    Atom,
    Inverse,
    Monomial,
    Term,
    atom_term,
    constant,
    constant_of,
    single,
    symbols,
)
from epochlint.expressions.rationals import Rational, lean
from epochlint.expressions.term_text import atom_text, monomial_text, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_PARTS = 32  # of a sum
MOST_WEIGHT = 300  # atoms in a term, counting those inside atoms
MOST_DEPTH = 12  # atoms inside atoms
MOST_BITS = 4_096  # of a numerator or denominator
MOST_POWER = 64
_MOST_OPAQUE = 4 * MOST_WEIGHT


def add(*terms: Term) -> Term:
    parts: dict[Monomial, Rational] = {}
    for term in terms:
        for monomial, coefficient in term.parts.items():
            _gather(parts, monomial, coefficient)
    return _bounded(parts, "add", terms)


def negate(term: Term) -> Term:
    return Term({monomial: -coefficient for monomial, coefficient in term.parts.items()})


def subtract(left: Term, right: Term) -> Term:
    return add(left, negate(right))


def scale(term: Term, factor: Rational) -> Term:
    """Return a term multiplied by a number."""
    if not factor or factor == 1:
        return term if factor else ZERO
    parts = {monomial: lean(coefficient * factor) for monomial, coefficient in term.parts.items()}
    return _bounded(parts, "multiply", (term, constant(factor)))


def multiply(*terms: Term) -> Term:
    result = constant(1)
    for term in terms:
        result = _times(result, term)
    return result


def _times(left: Term, right: Term) -> Term:
    for one, other in ((left, right), (right, left)):
        number = constant_of(one)
        if number is not None:
            return scale(other, number)
        if len(one.parts) > 1 and _has_inverse(other):
            return _cancelling(other, one)
    return expand(left, right)


def expand(left: Term, right: Term) -> Term:
    """Multiply term by term."""
    if len(left.parts) * len(right.parts) > 8 * MOST_PARTS:
        return opaque("multiply", (left, right))
    parts: dict[Monomial, Rational] = {}
    for first, a in left.parts.items():
        for second, b in right.parts.items():
            _gather(parts, product(first, second), a * b)
    return _bounded(parts, "multiply", (left, right))


def _cancelling(term: Term, factor: Term) -> Term:
    """Multiply by a sum whose inverse occurs in the term: the two cancel."""
    content, coefficient, primitive = primitive_part(factor)
    inverse = Inverse(primitive)
    kept: dict[Monomial, Rational] = {}
    done: list[Term] = []
    for monomial, own in term.parts.items():
        if any(atom == inverse for atom, _ in monomial):
            fewer = product(monomial, frozenset(((inverse, -1),)))
            done.append(Term({product(fewer, content): lean(own * coefficient)}))
        else:
            kept[monomial] = own
    return add(*done, expand(Term(kept), factor)) if kept else add(*done)


def divide(left: Term, right: Term) -> Term:
    """Return the quotient, valid wherever the divisor is not zero. Raises ZeroDivisionError if it is always zero."""
    if not right.parts:
        raise ZeroDivisionError("division by zero")
    only = single(right)
    if only is not None:
        monomial, coefficient = only
        turned = frozenset((atom, -power) for atom, power in monomial if not isinstance(atom, Inverse))
        result = expand(left, Term({turned: rationals.quotient(1, coefficient)}))
        for atom, power in sorted_atoms(monomial):
            if isinstance(atom, Inverse):
                result = multiply(result, power_of(atom.term, power))
        return result
    quotient = exact_quotient(left, right)
    if quotient is not None:
        return quotient
    content, coefficient, primitive = primitive_part(right)
    inverse = Inverse(primitive)
    if not fits(inverse):
        return opaque("divide", (left, right))
    return divide(multiply(left, atom_term(inverse)), Term({content: coefficient}))


def exact_quotient(left: Term, right: Term) -> Term | None:
    """Return the single product by which one multiplies `right` to get `left`, if there is one."""
    if not right.parts or len(left.parts) != len(right.parts):
        return None
    first, divisor = next(iter(right.parts.items()))
    turned = frozenset((atom, -power) for atom, power in first)
    for monomial, coefficient in left.parts.items():
        multiple = rationals.quotient(coefficient, divisor)
        factor = product(monomial, turned)
        if any(power < 0 and isinstance(atom, Inverse) for atom, power in factor):
            continue
        if all(left.parts.get(product(factor, one)) == own * multiple for one, own in right.parts.items()):
            return Term({factor: multiple})
    return None


def power_of(term: Term, exponent: int) -> Term:
    """Return a whole power; 0 gives 1. Beyond the bounds of the algebra it is opaque."""
    if exponent < 0:
        return divide(constant(1), power_of(term, -exponent))
    if exponent == 0:
        return constant(1)
    only = single(term)
    bits = max([_bits(coefficient) for coefficient in term.parts.values()], default=1)
    if exponent > MOST_POWER or bits * exponent > MOST_BITS or (only is None and exponent > 8):
        return opaque("power", (term, constant(exponent)))
    if only is not None:
        return Term({frozenset((atom, own * exponent) for atom, own in only[0]): rationals.power(only[1], exponent)})
    result = term
    for _ in range(exponent - 1):
        result = multiply(result, term)
    return result


def product(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, power in right:
        own = powers.get(atom, 0) + power
        if own:
            powers[atom] = own
        else:
            del powers[atom]
    return frozenset(powers.items())


def primitive_part(term: Term) -> tuple[Monomial, Rational, Term]:
    """Split a sum into the product and the number that all parts share, and the rest, which begins positively."""
    shared = common_factor(term)
    number = shared_number(term.parts.values())
    turned = frozenset((atom, -power) for atom, power in shared)
    rest = Term({product(monomial, turned): rationals.quotient(own, number) for monomial, own in term.parts.items()})
    if leading(rest)[1] < 0:
        number, rest = -number, negate(rest)
    return shared, number, rest


def common_factor(term: Term) -> Monomial:
    """Return the product that all parts of a term share: the least power of every atom, negative ones included."""
    powers: dict[Atom, int] = {}
    for monomial in term.parts:
        for atom, power in monomial:
            powers[atom] = min(power, powers.get(atom, power))
    for monomial in term.parts:
        present = {atom for atom, _ in monomial}
        for atom in powers:
            if atom not in present:
                powers[atom] = min(0, powers[atom])
    return frozenset((atom, power) for atom, power in powers.items() if power)


def shared_number(numbers: Iterable[Rational]) -> Rational:
    """Return the greatest number of which all given ones (not zero) are whole multiples."""
    above, below = 0, 1
    for number in numbers:
        above, below = gcd(above, number.numerator), lcm(below, number.denominator)
    return rationals.ratio(above, below)


def leading(term: Term) -> tuple[Monomial, Rational]:
    """Return the part that comes first in a fixed order, the constant part last."""
    if len(term.parts) == 1:
        return next(iter(term.parts.items()))
    return min(term.parts.items(), key=lambda part: (not part[0], monomial_text(part[0])))


def sorted_atoms(monomial: Monomial) -> list[tuple[Atom, int]]:
    """Return the factors of a product in a fixed order."""
    return sorted(monomial, key=lambda part: (atom_text(part[0]), part[1])) if len(monomial) > 1 else list(monomial)


# --- limits ----------------------------------------------------------------------------------------------------------


def apply(function: str, *terms: Term) -> Term:
    """Return an opaque function of terms. What is computed here never uses it for functions that the algebra knows."""
    return opaque(function, terms)


def opaque(function: str, operands: tuple[Term, ...]) -> Term:
    """Return `function(operands)` as an atom; of operands that are too large only a digest and their symbols."""
    atom = Apply(function, operands)
    if atom.weight <= _MOST_OPAQUE and atom.depth <= MOST_DEPTH + 4:
        return atom_term(atom)
    from hashlib import blake2b

    told = "\n".join([function, *[text(operand) for operand in operands]])
    digest = blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()
    found = dict.fromkeys(one for operand in operands for one in symbols(operand))
    return atom_term(Apply(f"…{digest}", tuple(atom_term(one) for one in list(found)[:MOST_PARTS])))


def fits(thing: Atom | Term) -> bool:
    """Tell whether an atom or a term is small enough to be calculated with."""
    return thing.weight <= MOST_WEIGHT and thing.depth <= MOST_DEPTH


def as_term(atom: Atom, function: str, operands: tuple[Term, ...]) -> Term:
    """Return an atom as a term if it is small enough, else the operation that gave it as an opaque one."""
    return atom_term(atom) if fits(atom) else opaque(function, operands)


def _gather(parts: dict[Monomial, Rational], monomial: Monomial, coefficient: Rational) -> None:
    total = parts.get(monomial, 0) + coefficient
    if total:
        parts[monomial] = lean(total)
    else:
        del parts[monomial]


def _bounded(parts: Mapping[Monomial, Rational], function: str, operands: tuple[Term, ...]) -> Term:
    """Return a term of these parts if it is within bounds, else the operation as an opaque atom."""
    term = Term(parts)
    if len(parts) > MOST_PARTS or not fits(term):
        return opaque(function, operands)
    for monomial, coefficient in parts.items():
        if _bits(coefficient) > MOST_BITS or any(abs(power) > MOST_POWER for _, power in monomial):
            return opaque(function, operands)
    return term


def _bits(number: Rational) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _has_inverse(term: Term) -> bool:
    return any(isinstance(atom, Inverse) for monomial in term.parts for atom, _ in monomial)
