"""What the plan settles: symbols of the script that it knows more about than the script did.

`--assume dataset_size=50000` says more than one number: where the script has `len(rows)` for the data set, every
other length that was made of `len(rows)` is settled by it too. And a number that the running framework tells the script
is one of the plan: the script has a symbol for it, named by the API that gives it.
"""

from __future__ import annotations

from epochlint.expressions.values import Known, Symbolic, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.expressions.algebra import Term


def lone_symbol(value: Value) -> str | None:
    """Return the name of the symbol that a value is, if it is nothing but a symbol."""
    if not isinstance(value, Symbolic):
        return None
    from epochlint.expressions.algebra import compare, symbol, symbols

    found = symbols(value.term)
    if len(found) != 1:
        return None
    one = found[0]
    alone = symbol(one.name, one.unit, one.low, one.high, one.whole)
    return one.name if compare(alone, value.term) == "same" else None


def settled(value: Value, known: Callable[[str], Value | None]) -> Value:
    """Put what is known in the place of symbols; `known` gives it by the symbol's name, or None."""
    if not isinstance(value, Symbolic):
        return value
    from epochlint.expressions.algebra import constant_of, substitute, symbols

    found = {one.name: meaning for one in symbols(value.term) if (meaning := known(one.name)) is not None}
    alone = lone_symbol(value)
    if alone in found:
        return found[alone]
    terms = {name: term for name, meaning in found.items() if (term := _term_of(meaning)) is not None}
    if not terms:
        return value
    term = substitute(value.term, terms)
    number = constant_of(term)
    if number is None:
        return Symbolic(term)
    return Known(int(number) if number == int(number) else float(number))


def _term_of(value: Value) -> Term | None:
    if isinstance(value, Symbolic):
        return value.term
    if isinstance(value, Known) and type(value.value) is int:
        from epochlint.expressions.algebra import constant

        return constant(value.value)
    return None
