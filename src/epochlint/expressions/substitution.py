"""Printing a formula with the numbers in place of the names, for derivations."""

from __future__ import annotations

from epochlint.expressions.printing import ATOM, IF, NEGATE, Writer, show
from epochlint.expressions.trees import FUNCTIONS, TRIGONOMETRY, Expression
from epochlint.expressions.values import Known, Symbolic, Unknown
from epochlint.expressions.wording import scalar_text, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.expressions.trees import Tree
    from epochlint.expressions.values import Value


def substitute_text(expression: Expression, lookup: Callable[[str], Value]) -> str:
    """Return a formula with values in place of the names, for people: `ceil(50,000 / (8 × 4 × 2))`.

    A name whose value is not known stays a name. Of a conditional whose condition is decided only that branch is shown.
    """
    return _Substitution(lookup).write(expression.tree, IF)


class _Substitution(Writer):
    times = "×"

    def __init__(self, lookup: Callable[[str], Value]) -> None:
        self.lookup = lookup

    def value(self, value: Any) -> tuple[str, int]:
        text = scalar_text(value)
        return text, NEGATE if text.startswith("-") else ATOM

    def name(self, name: str) -> tuple[str, int]:
        value = self.lookup(name)
        if isinstance(value, Known):
            return self.value(value.value)
        if isinstance(value, Unknown):
            return name, ATOM
        text = text_of(value)
        simple = isinstance(value, Symbolic) and (" " not in text or _is_call(text))
        return text, ATOM if simple and not text.startswith("-") else IF

    def conditional(self, tree: Tree) -> tuple[str, int]:
        from epochlint.expressions.evaluate import evaluate, truth

        decided = truth(evaluate(Expression("", tree[1]), self.lookup))
        if decided is None:
            return super().conditional(tree)
        return self.part(tree[2] if decided else tree[3])

    def call(self, tree: Tree) -> tuple[str, int]:
        if tree[1] in FUNCTIONS or tree[1] in TRIGONOMETRY:
            return super().call(tree)
        return f"{tree[1]}({', '.join([show(argument) for argument in tree[2:]])})", ATOM  # takes names, not values


def _is_call(text: str) -> bool:
    """Tell whether a text is one call, `ceil(n / 4)`, whose parentheses close only at its end."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0 and (char == " " or (char == ")" and index < len(text) - 1)):
            return False
    return text.endswith(")")
