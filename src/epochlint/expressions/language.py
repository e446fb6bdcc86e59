"""The small language of formulas and conditions: parsed once, when data are compiled, and evaluated from plain tuples.

docs/expressions.md is its manual, `trees` describes the tuples.
"""

from __future__ import annotations

from epochlint.expressions.trees import Expression, ExpressionError, functions, names, names_in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.expressions.trees import Tree
    from epochlint.expressions.values import Value

__all__ = ["Expression", "ExpressionError", "functions", "names", "names_in_order", "parse", "show", "substitute_text"]


def parse(text: str, where: str = "") -> Expression:
    """Return the expression a text stands for. `where` stands before the message of an error.

    Raises ExpressionError, with the column, for everything that is not in the language, and for what is too long,
    has too many parts or is nested too deeply.
    """
    from epochlint.expressions.parsing import parse_expression  # the parser is needed only where data are compiled

    return parse_expression(text, where)


def show(tree: Tree) -> str:
    """Return a tree as text that parses to the same tree."""
    from epochlint.expressions.printing import show

    return show(tree)


def substitute_text(expression: Expression, lookup: Callable[[str], Value]) -> str:
    """Return a formula with values in place of the names, for people: `ceil(50,000 / (8 × 4 × 2))`."""
    from epochlint.expressions.substitution import substitute_text

    return substitute_text(expression, lookup)
