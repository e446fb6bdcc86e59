"""What an assumption settles: the symbol behind a quantity, wherever else it occurs.

`--assume dataset_size=50000` says more than one number: where the script has `len(rows)` for the data set, every
other length that
was made of `len(rows)` is settled by it too.
"""

from __future__ import annotations

from epochlint.expressions.values import Known, Symbolic, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


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


def settled(value: Value, known: Mapping[str, int]) -> Value:
    """Put numbers in the place of the symbols that are settled."""
    if not known or not isinstance(value, Symbolic):
        return value
    from epochlint.expressions.algebra import constant_of, substitute

    term = substitute(value.term, known)
    number = constant_of(term)
    if number is None:
        return Symbolic(term)
    return Known(int(number) if number == int(number) else float(number))
