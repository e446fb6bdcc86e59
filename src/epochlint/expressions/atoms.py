"""Terms of the symbolic algebra in their normal form.

A term is a sum of rational multiples of products of powers of atoms. Atoms are symbols, and what the four operations
cannot take apart: roundings, minima and maxima, the inverse of a sum, functions. Two terms are equal if and only if
their normal forms are.
"""

from __future__ import annotations

from epochlint.expressions.rationals import Rational, lean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TypeAlias

    from epochlint.expressions.units import Unit


class Frozen:
    """What atoms and terms share: they never change, and know their hash, weight and depth."""

    __slots__ = ("_content", "_hash", "depth", "weight")
    _content: tuple[Any, ...]
    _hash: int
    depth: int
    weight: int

    def _fix(self, content: tuple[Any, ...], weight: int, depth: int) -> None:
        store = object.__setattr__
        store(self, "_content", content)
        store(self, "_hash", hash((type(self).__name__, content)))
        store(self, "weight", weight)
        store(self, "depth", depth)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot change")

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return type(self) is type(other) and self._hash == other._hash and self._content == other._content

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._content

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._content!r}"


# --- atoms -----------------------------------------------------------------------------------------------------------


class Atom(Frozen):
    """A factor that the four operations do not take apart. `terms` are the terms inside it."""

    __slots__ = ("terms",)
    terms: tuple[Term, ...]

    def _hold(self, content: tuple[Any, ...], terms: tuple[Term, ...]) -> None:
        self._fix(content, 1 + sum([term.weight for term in terms]), 1 + max([term.depth for term in terms], default=0))
        object.__setattr__(self, "terms", terms)


class Symbol(Atom):
    """A number that is not known, between `low` and `high` (None: no bound), `whole` if it has no fraction."""

    __slots__ = ("high", "low", "name", "unit", "whole")
    name: str
    unit: Unit | None
    low: Rational | None
    high: Rational | None
    whole: bool

    def __init__(
        self,
        name: str,
        unit: Unit | None = None,
        low: Rational | None = None,
        high: Rational | None = None,
        whole: bool = False,
    ) -> None:
        self._hold((name, unit, low, high, whole), ())
        for field, value in zip(("name", "unit", "low", "high", "whole"), self._content, strict=True):
            object.__setattr__(self, field, value)


class Rounding(Atom):
    """Common to `Ceil` and `Floor`: the nearest whole number on one side of a term."""

    __slots__ = ("term",)
    term: Term

    def __init__(self, term: Term) -> None:
        self._hold((term,), (term,))
        object.__setattr__(self, "term", term)


class Ceil(Rounding):
    """The least whole number that is not below a term."""

    __slots__ = ()


class Floor(Rounding):
    """The greatest whole number that is not above a term."""

    __slots__ = ()


class Extremum(Atom):
    """Common to `Minimum` and `Maximum`: the least or greatest of two or more terms."""

    __slots__ = ()

    def __init__(self, among: frozenset[Term]) -> None:
        self._hold((among,), tuple(among))


class Minimum(Extremum):
    __slots__ = ()


class Maximum(Extremum):
    __slots__ = ()


class Inverse(Atom):
    """One divided by a sum (products need no atom: their factors get negative powers)."""

    __slots__ = ("term",)
    term: Term

    def __init__(self, term: Term) -> None:
        self._hold((term,), (term,))
        object.__setattr__(self, "term", term)


class Apply(Atom):
    """A function of which the algebra knows nothing but its name and arguments: equal arguments give equal values."""

    __slots__ = ("function",)
    function: str

    def __init__(self, function: str, terms: tuple[Term, ...]) -> None:
        self._hold((function, terms), terms)
        object.__setattr__(self, "function", function)


# --- terms -----------------------------------------------------------------------------------------------------------

Monomial: TypeAlias = "frozenset[tuple[Atom, int]]"  # atoms with non-zero powers; the empty one is the number 1
ONE: Monomial = frozenset()


class Term(Frozen):
    """A sum: `parts` gives the coefficient of each monomial, none of them zero.

    `notes` caches what was found out about the term.
    """

    __slots__ = ("notes", "parts")
    parts: Mapping[Monomial, Rational]
    notes: dict[str, Any]

    def __init__(self, parts: Mapping[Monomial, Rational]) -> None:
        weight, depth = 0, 0
        for monomial in parts:
            weight += 1
            for atom, _ in monomial:
                weight += atom.weight
                if atom.depth > depth:
                    depth = atom.depth
        self._fix((), weight, depth)
        store = object.__setattr__
        store(self, "_hash", hash(frozenset(parts.items())))
        store(self, "parts", parts)
        store(self, "notes", {})

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Term) and self._hash == other._hash and self.parts == other.parts

    __hash__ = Frozen.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (tuple(self.parts.items()),)

    def __repr__(self) -> str:
        return f"Term({dict(self.parts)!r})"


def _restored(items: tuple[tuple[Monomial, Rational], ...]) -> Term:
    return Term(dict(items))


def constant(number: Rational) -> Term:
    """Return a number as a term."""
    number = lean(number)
    return Term({ONE: number}) if number else ZERO


ZERO = Term({})


def atom_term(atom: Atom) -> Term:
    return Term({frozenset(((atom, 1),)): 1})


def symbol(
    name: str,
    unit: Unit | None = None,
    low: Rational | None = None,
    high: Rational | None = None,
    whole: bool = False,
) -> Term:
    """Return the term that is this symbol alone. One name should always have the same unit and bounds."""
    return atom_term(
        Symbol(name, unit, None if low is None else lean(low), None if high is None else lean(high), whole)
    )


def constant_of(term: Term) -> Rational | None:
    """Return the number a term is, None if it depends on anything."""
    if not term.parts:
        return 0
    return term.parts.get(ONE) if len(term.parts) == 1 else None


def single(term: Term) -> tuple[Monomial, Rational] | None:
    """Return the only part of a term, None if it has several or none."""
    return next(iter(term.parts.items())) if len(term.parts) == 1 else None


def atoms(term: Term) -> Iterator[Atom]:
    """Yield the atoms of a term, those inside atoms too; some may come several times."""
    for monomial in term.parts:
        for atom, _ in monomial:
            yield atom
            for inner in atom.terms:
                yield from atoms(inner)


def symbols(term: Term) -> tuple[Symbol, ...]:
    """Return the symbols a term depends on, sorted by name."""
    found = term.notes.get("symbols")
    if found is None:
        distinct = {atom for atom in atoms(term) if isinstance(atom, Symbol)}
        found = term.notes["symbols"] = tuple(sorted(distinct, key=lambda one: (one.name, repr(one))))
    return found
