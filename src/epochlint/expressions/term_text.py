"""Terms as text: `ceil(len(train_loader) / 4) * epochs`. The text also gives parts and factors their fixed order."""

from __future__ import annotations

from epochlint.expressions.atoms import (
    Apply,
    Atom,
    Ceil,
    Floor,
    Inverse,
    Maximum,
    Minimum,
    Monomial,
    Symbol,
    Term,
)
from epochlint.expressions.rationals import Rational

_MOST_BITS = 14_000
_FUNCTIONS = {Ceil: "ceil", Floor: "floor", Minimum: "min", Maximum: "max"}


def text(term: Term) -> str:
    """Return a term as Python would write it; parts and factors in alphabetical order, what is subtracted last."""
    found = term.notes.get("text")
    if found is None:
        found = term.notes["text"] = _sum_text(term)
    return found


def atom_text(atom: Atom) -> str:
    if isinstance(atom, Symbol):
        return atom.name if _is_plain(atom.name) else f"({atom.name})"
    if isinstance(atom, Inverse):
        return f"1 / ({text(atom.term)})"
    inner = [text(term) for term in atom.terms]
    if isinstance(atom, Apply):
        return f"{atom.function}({', '.join(inner)})"
    return f"{_FUNCTIONS[type(atom)]}({', '.join(sorted(inner, key=_numbers_first))})"


def monomial_text(monomial: Monomial, coefficient: Rational = 1) -> str:
    """Return a product, without its sign; factors of negative power stand after a division sign."""
    above, below = _factors(monomial)
    if abs(coefficient.numerator) != 1 or not above:
        above.insert(0, _digits(abs(coefficient.numerator)))
    if coefficient.denominator != 1:
        below.insert(0, _digits(coefficient.denominator))
    if not below:
        return " * ".join(above)
    return f"{' * '.join(above)} / {below[0] if len(below) == 1 else '(' + ' * '.join(below) + ')'}"


def _digits(number: int) -> str:
    return str(number) if number.bit_length() < _MOST_BITS else hex(number)  # Python writes no more than 4,300 digits


def _factors(monomial: Monomial) -> tuple[list[str], list[str]]:
    """Return the factors above and below the line, each in alphabetical order."""
    above: list[str] = []
    below: list[str] = []
    for atom, power in monomial:
        if isinstance(atom, Inverse):
            shown, power = f"({text(atom.term)})", -power
        else:
            shown = atom_text(atom)
        (above if power > 0 else below).append(shown if abs(power) == 1 else f"{shown} ** {abs(power)}")
    return sorted(above), sorted(below)


def _sum_text(term: Term) -> str:
    def order(part: tuple[Monomial, Rational]) -> tuple[bool, bool, str]:
        return part[1] < 0, not part[0], monomial_text(part[0])

    shown = ""
    for monomial, coefficient in sorted(term.parts.items(), key=order):
        sign = "-" if coefficient < 0 else "+"
        piece = monomial_text(monomial, coefficient)
        shown += f" {sign} {piece}" if shown else sign.strip("+") + piece
    return shown or "0"


def _is_plain(name: str) -> bool:
    """Tell whether a name needs no parentheses in a product: nothing but letters, or spaces inside brackets only."""
    depth = 0
    for char in name:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0 and char in " ,+-*/%":
            return False
    return True


def _numbers_first(shown: str) -> tuple[bool, str]:
    return not shown[:1].isdigit(), shown
