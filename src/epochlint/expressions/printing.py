"""Printing a tree back as text, with no more parentheses than it needs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.expressions.trees import Tree

# How tightly things bind, loosest first.
IF, OR, AND, NOT, COMPARE, SUM, PRODUCT, NEGATE, POWER, ATOM = range(10)
_BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "%": PRODUCT, "**": POWER}


def show(tree: Tree) -> str:
    """Return a tree as text that parses to the same tree."""
    return Writer().write(tree, IF)


class Writer:
    """Writes trees; what stands for names and values is up to those who derive from it."""

    times = "*"

    def write(self, tree: Tree, least: int) -> str:
        """Write a node, in parentheses if it binds less tightly than its surroundings want."""
        text, binds = self.part(tree)
        return f"({text})" if binds < least else text

    def value(self, value: Any) -> tuple[str, int]:
        if type(value) is str:
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{"".join([char if char.isprintable() else _escaped(char) for char in quoted])}"', ATOM
        text = repr(value).replace("inf", "1e999")
        return text, NEGATE if text.startswith("-") else ATOM

    def name(self, name: str) -> tuple[str, int]:
        return name, ATOM

    def conditional(self, tree: Tree) -> tuple[str, int]:
        _, condition, then, otherwise = tree
        return f"{self.write(then, OR)} if {self.write(condition, OR)} else {self.write(otherwise, IF)}", IF

    def call(self, tree: Tree) -> tuple[str, int]:
        return f"{tree[1]}({', '.join([self.write(argument, IF) for argument in tree[2:]])})", ATOM

    def part(self, tree: Tree) -> tuple[str, int]:
        kind = tree[0]
        if kind == "value":
            return self.value(tree[1])
        if kind == "name":
            return self.name(tree[1])
        if kind in _BINDS:
            return self.binary(tree)
        if kind == "call":
            return self.call(tree)
        if kind == "if":
            return self.conditional(tree)
        return self.logic(tree) if kind in ("and", "or", "not", "compare") else self.other(tree)

    def binary(self, tree: Tree) -> tuple[str, int]:
        sign, left, right = tree
        binds = _BINDS[sign]
        if sign == "**":
            return f"{self.write(left, ATOM)} ** {self.write(right, NEGATE)}", binds
        return f"{self.write(left, binds)} {self.times if sign == '*' else sign} {self.write(right, binds + 1)}", binds

    def logic(self, tree: Tree) -> tuple[str, int]:
        kind = tree[0]
        if kind == "not":
            return f"not {self.write(tree[1], NOT)}", NOT
        if kind == "compare":
            return " ".join([part if type(part) is str else self.write(part, SUM) for part in tree[1:]]), COMPARE
        binds = AND if kind == "and" else OR
        return f" {kind} ".join([self.write(operand, binds + 1) for operand in tree[1:]]), binds

    def other(self, tree: Tree) -> tuple[str, int]:
        kind = tree[0]
        if kind == "negate":
            return f"-{self.write(tree[1], NEGATE)}", NEGATE
        if kind == "item":
            return f"{self.write(tree[1], ATOM)}[{tree[2]}]", ATOM
        if kind == "list":
            return f"[{', '.join([self.write(item, IF) for item in tree[1:]])}]", ATOM
        return f"{self.write(tree[1], SUM)} is {'not ' * (kind == 'is not none')}None", COMPARE


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
