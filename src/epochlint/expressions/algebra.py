"""The symbolic algebra: what formulas over numbers that are not known come to, exactly.

Everything other rooms need stands here: making terms (`symbol`, `constant`), calculating with them, bounds,
comparisons, substitution, text and units. Terms are in a normal form (see `atoms`), in which most ways of writing the
same number meet. A division is taken to be by something that is not zero: results hold wherever the term is defined.
"""

from __future__ import annotations

from math import ceil as ceil_of
from math import floor as floor_of
from math import trunc

from epochlint.expressions.atoms import (
    Apply,
    Atom,
    Ceil,
    Extremum,
    Floor,
    Inverse,
    Maximum,
    Minimum,
    Monomial,
    Symbol,
    Term,
    atom_term,
    constant,
    constant_of,
    symbol,
    symbols,
)
from epochlint.expressions.intervals import bounds, signs
from epochlint.expressions.rationals import Rational, lean, quotient
from epochlint.expressions.rationals import power as power_of_number
from epochlint.expressions.rounding import absolute, ceil, floor, maximum, minimum, nearest, truncate
from epochlint.expressions.term_text import text
from epochlint.expressions.term_units import Conflict, unit_of
from epochlint.expressions.terms import (
    add,
    apply,
    divide,
    exact_quotient,
    multiply,
    negate,
    opaque,
    sorted_atoms,
    subtract,
)
from epochlint.expressions.terms import power_of as power
from epochlint.expressions.wholes import is_whole

__all__ = [
    "Apply",
    "Ceil",
    "Conflict",
    "Floor",
    "Inverse",
    "Maximum",
    "Minimum",
    "NotComputableError",
    "Symbol",
    "Term",
    "absolute",
    "add",
    "apply",
    "bounds",
    "ceil",
    "compare",
    "constant",
    "constant_of",
    "divide",
    "evaluate_term",
    "floor",
    "is_whole",
    "maximum",
    "minimum",
    "multiply",
    "nearest",
    "negate",
    "power",
    "ratio",
    "signs",
    "substitute",
    "subtract",
    "symbol",
    "symbols",
    "text",
    "truncate",
    "unit_of",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class NotComputableError(ValueError):
    """A term holds a function that the algebra cannot compute."""


# --- comparing -------------------------------------------------------------------------------------------------------


def compare(left: Term, right: Term) -> str:
    """Return "same", "factor", "different" or "unknown".

    same: equal for all values of the symbols. factor: one is a multiple of the other, and they share a symbol
    (`epochs * n` and `n`, `2 * n` and `n`); a factor that is a symbol may still have the value 1. different: equal for
    no values.
    """
    apart = subtract(left, right)
    possible = signs(apart)
    if possible == {0}:
        return "same"
    factor = ratio(left, right)
    if factor is not None and _is_multiple(left, factor):
        return "factor"
    return "different" if 0 not in possible else "unknown"


def _is_multiple(left: Term, factor: Term) -> bool:
    """Tell whether a ratio makes one term a multiple of the other, rather than two unrelated ones a fraction."""
    if constant_of(left) is not None and constant_of(factor) is not None:
        return False
    (monomial,) = factor.parts
    if len({power > 0 for _, power in monomial}) > 1:
        return False
    used = {atom for part in left.parts for atom, _ in part}
    own = {atom for atom, _ in monomial}
    # Of n and 1 / n * n the one is no multiple of the other: something besides the factor must be in both.
    return not own or any(atom not in own for atom in used) or _shares(left, monomial)


def _shares(left: Term, factor: Monomial) -> bool:
    """Tell whether a term and its quotient by a factor both have an atom of that factor (n ** 2 and n)."""
    for part in left.parts:
        powers = dict(part)
        for atom, exponent in factor:
            own = powers.get(atom, 0)
            if own and own - exponent:
                return True
    return False


def ratio(left: Term, right: Term) -> Term | None:
    """Return left / right if it is a number or a single product of powers, None if it is not (or right is zero)."""
    if not right.parts or not left.parts:
        return None
    return exact_quotient(left, right)


# --- putting values in -----------------------------------------------------------------------------------------------


def substitute(term: Term, values: Mapping[str, Rational | Term]) -> Term:
    """Return a term with numbers or terms in place of some symbols, by their names."""
    if not any(one.name in values for one in symbols(term)):
        return term
    pieces = []
    for monomial, coefficient in term.parts.items():
        piece = constant(coefficient)
        for atom, exponent in sorted_atoms(monomial):
            piece = multiply(piece, power(_substituted(atom, values), exponent))
        pieces.append(piece)
    return add(*pieces)


def _substituted(atom: Atom, values: Mapping[str, Rational | Term]) -> Term:
    if isinstance(atom, Symbol):
        value = values.get(atom.name)
        if value is None:
            return atom_term(atom)
        return value if isinstance(value, Term) else constant(value)
    inner = tuple(substitute(term, values) for term in atom.terms)
    if isinstance(atom, Apply):
        known = _REBUILD.get(atom.function)
        return known(*inner) if known is not None else opaque(atom.function, inner)
    if isinstance(atom, Inverse):
        return divide(constant(1), inner[0])
    if isinstance(atom, Extremum):
        return minimum(*inner) if isinstance(atom, Minimum) else maximum(*inner)
    return ceil(inner[0]) if isinstance(atom, Ceil) else floor(inner[0])


def _power_again(base: Term, exponent: Term) -> Term:
    number = constant_of(exponent)
    return power(base, int(number)) if number is not None else opaque("power", (base, exponent))


# What operations that had become opaque are done with, once their operands are simpler.
_REBUILD: dict[str, Callable[..., Term]] = {
    "add": add, "multiply": multiply, "divide": divide, "power": _power_again, "ceil": ceil, "floor": floor,
    "minimum": minimum, "maximum": maximum, "round": nearest, "truncate": truncate,
}  # fmt: skip


def evaluate_term(term: Term, values: Mapping[str, Rational]) -> Rational:
    """Return the exact value of a term, given all its symbols by name.

    Raises KeyError for a symbol without a value, ZeroDivisionError where the term is not defined, NotComputableError
    for functions that the algebra does not know.
    """
    total: Rational = 0
    for monomial, coefficient in term.parts.items():
        piece = coefficient
        for atom, exponent in monomial:
            piece *= power_of_number(_atom_value(atom, values), exponent)
        total += piece
    return lean(total)


def _atom_value(atom: Atom, values: Mapping[str, Rational]) -> Rational:
    if isinstance(atom, Symbol):
        return lean(values[atom.name])
    inner = [evaluate_term(term, values) for term in atom.terms]
    if isinstance(atom, Apply):
        return _function_value(atom.function, inner)
    if isinstance(atom, Inverse):
        return quotient(1, inner[0])
    if isinstance(atom, Extremum):
        return min(inner) if isinstance(atom, Minimum) else max(inner)
    return ceil_of(inner[0]) if isinstance(atom, Ceil) else floor_of(inner[0])


_WHOLE: dict[str, Callable[[Rational], int]] = {
    "ceil": ceil_of, "floor": floor_of, "round": round, "truncate": trunc,
}  # fmt: skip


def _function_value(function: str, values: list[Rational]) -> Rational:
    if function == "add":
        return sum(values)
    if function == "multiply":
        result: Rational = 1
        for value in values:
            result *= value
        return result
    if function == "divide":
        return quotient(values[0], values[1])
    if function == "power" and values[1].denominator == 1:
        return power_of_number(values[0], int(values[1]))
    if function in ("minimum", "maximum"):
        return min(values) if function == "minimum" else max(values)
    whole = _WHOLE.get(function)
    if whole is None:
        raise NotComputableError(f"{function} cannot be computed")
    return whole(values[0])
