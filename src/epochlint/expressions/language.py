"""The small language of formulas and conditions: parsed once, when data are compiled, and evaluated from plain tuples.

docs/expressions.md is its manual, `trees` describes the tuples.
"""

from __future__ import annotations

from epochlint.expressions.printing import show
from epochlint.expressions.substitution import substitute_text
from epochlint.expressions.trees import Expression, ExpressionError, functions, names, names_in_order

__all__ = ["Expression", "ExpressionError", "functions", "names", "names_in_order", "parse", "show", "substitute_text"]


def parse(text: str, where: str = "") -> Expression:
    """Return the expression a text stands for. `where` stands before the message of an error.

    Raises ExpressionError, with the column, for everything that is not in the language, and for what is too long,
    has too many parts or is nested too deeply.
    """
    from epochlint.expressions.parsing import parse_expression  # the parser is needed only where data are compiled

    return parse_expression(text, where)
