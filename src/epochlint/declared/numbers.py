"""The numbers of a file: literals, arithmetic on them, and names that are set once."""

from __future__ import annotations

import _ast as ast
import operator

from epochlint.declared.words import dotted, spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    Number: TypeAlias = "int | float"

_DEEPEST = 12
_LARGEST = 10**18
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {"int": int, "float": float, "round": round, "min": min, "max": max}


class Numbers:
    """What the names of a file are worth. `counters` are names that are counted up, or that loops set."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.counters: set[str] = set()
        self._assigned: dict[str, list[ast.expr | None]] = {}
        for node in nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign):
                self._assign(node.target, node.value)
            elif isinstance(node, ast.AugAssign):
                if isinstance(node.op, ast.Add | ast.Sub):
                    self.counters.add(last_part(node.target))
                self._assign(node.target, None)
            elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
                self._assign(node.target, None)
            elif isinstance(node, ast.arg):
                self._assigned.setdefault(node.arg, []).append(None)

    def assigned(self, name: str) -> ast.expr | None:
        """Return what a name is set to, if that happens once in the whole file."""
        values = self._assigned.get(name, ())
        return values[0] if len(values) == 1 else None

    def value(self, node: ast.expr | None, depth: int = _DEEPEST) -> Number | None:
        """Return the number that an expression is, None if it is none or is not known."""
        if node is None or not depth:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, int | float) and not isinstance(node.value, bool) else None
        if isinstance(node, ast.Name):
            return self.value(self.assigned(node.id), depth - 1)
        parts: list[ast.expr] = []
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            parts, work = [node.operand], operator.neg
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            parts, work = [node.left, node.right], _OPERATIONS[type(node.op)]  # type: ignore[assignment]
        elif isinstance(node, ast.Call) and dotted(node.func) in _FUNCTIONS and not node.keywords:
            parts, work = node.args, _FUNCTIONS[dotted(node.func)]
        known = [self.value(part, depth - 1) for part in parts]
        numbers = [one for one in known if one is not None and abs(one) <= _LARGEST]
        too_large = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and max(numbers, default=0) > 100
        if not parts or len(numbers) < len(parts) or too_large:
            return None
        try:
            result = work(*numbers)
        except (ArithmeticError, ValueError, TypeError):
            return None
        return result if isinstance(result, int | float) else None

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self._assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple | ast.List):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            values = value.elts if same else [None] * len(target.elts)  # type: ignore[union-attr]
            for one, its in zip(target.elts, values, strict=True):
                self._assign(one, its)


def last_part(target: ast.expr) -> str:
    """Return the last part of what is assigned to, as names are compared."""
    return spelled(dotted(target)).rpartition(".")[2]
