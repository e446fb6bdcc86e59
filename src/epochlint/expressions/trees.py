"""Formulas and conditions as the catalogue keeps them: the text, and a tree of plain nested tuples.

Trees are made of numbers, texts, booleans, None and tuples only, so that a compiled catalogue can store them with
marshal and nothing has to be parsed at start. The first item of a node says what it is:

    ("value", 8)                                 a number, a text, True, False or None
    ("name", "train_dataset.length")             a name; dotted ones are one name
    ("+", left, right)                           and - * / // % **
    ("negate", operand)                          unary minus
    ("compare", first, "<", second, "<=", ...)   also > >= == != in, not in
    ("is none", operand)                         and "is not none"
    ("not", operand)
    ("and", first, second, ...)                  and "or"
    ("if", condition, value, otherwise)          value if condition else otherwise
    ("list", item, ...)
    ("item", operand, 0)                         operand[0]
    ("call", "ceil", argument, ...)
"""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    Tree: TypeAlias = "tuple[Any, ...]"

# The functions that every formula may call, with the fewest and most arguments they take.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "ceil": (1, 1), "floor": (1, 1), "round": (1, 2), "int": (1, 1), "float": (1, 1), "abs": (1, 1),
    "min": (1, 16), "max": (1, 16), "sum": (1, 1), "len": (1, 1), "any": (1, 16), "all": (1, 16), "count": (2, 2),
    "gcd": (2, 16), "divides": (2, 2), "compare": (2, 2), "ratio": (2, 2),
    "kind": (1, 1), "known": (1, 1), "must": (1, 1), "may": (1, 1),
    "number": (1, 1), "decimal": (1, 1), "lower": (1, 1), "unknown": (1, 1),
    "split": (2, 2), "amount": (1, 1), "suffix": (1, 1),
}  # fmt: skip
# These are for learning-rate schedules, where `pi` is a number too.
TRIGONOMETRY: dict[str, tuple[int, int]] = {
    "sqrt": (1, 1), "cos": (1, 1), "exp": (1, 1), "log": (1, 2), "pow": (2, 2),
    # only the rates of schedules know these, see docs/loop.md
    "entry": (2, 2), "struck": (2, 2), "scaled": (2, 2), "scaled_between": (3, 3),
}  # fmt: skip


@record
class Expression:
    """A formula or condition: `text` as it was written, `tree` as the evaluator walks it."""

    _beside = ("_sources",)
    text: str
    tree: tuple[Any, ...]


class ExpressionError(ValueError):
    """A text is no expression. `column` counts code points from 1; `where` is what the caller said about its place."""

    def __init__(self, message: str, column: int, where: str = "") -> None:
        super().__init__(f"{where + ': ' if where else ''}column {column}: {message}")
        self.message = message
        self.column = column
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.column, self.where)


def walk(tree: Tree, outside: frozenset[str] = frozenset()) -> Iterator[Tree]:
    """Yield a node and all nodes below it, in the order of the text, without calls of the functions `outside`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node[0] == "call" and node[1] in outside:
            continue
        yield node
        if node[0] != "value":
            waiting += [part for part in reversed(node) if type(part) is tuple]


def names_in_order(expression: Expression, outside: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the names an expression uses, each once, in the order of the text.

    Calls of the functions `outside` are passed over: `given(max_steps)` asks about a name and does not use its value.
    """
    return tuple(dict.fromkeys([node[1] for node in walk(expression.tree, outside) if node[0] == "name"]))


def names(expression: Expression) -> frozenset[str]:
    """Return the names an expression uses, also those inside `given(...)` and its like; functions are none."""
    return frozenset(names_in_order(expression))


def functions(expression: Expression) -> frozenset[str]:
    """Return the functions an expression calls."""
    return frozenset(node[1] for node in walk(expression.tree) if node[0] == "call")
