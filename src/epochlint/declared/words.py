"""Names in pieces: `evalBatchSize`, `EVAL_BATCH_SIZE` and `--eval-batch-size` are one name."""

from __future__ import annotations

import _ast as ast
import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def spelled(name: str) -> str:
    """Return a name in snake case; dots that separate sections stay."""
    return _HUMP.sub("_", name.lstrip("-")).replace("-", "_").replace("/", ".").lower().strip("_")


def words_of(text: str) -> frozenset[str]:
    """Return the words of a name, and each of its parts as one word: linear, lr and linearlr of LinearLR."""
    parts = text.replace("_", ".").lower().split(".")
    return frozenset((*spelled(text).replace(".", "_").split("_"), *parts))


def dotted(node: ast.AST | None) -> str:
    """Return `a.b.c` for names, attributes and items with a constant key; a call gives what it calls."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else node.attr
    if isinstance(node, ast.Subscript):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        head = dotted(node.value)
        return f"{head}.{key}" if head and isinstance(key, str) else head
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return ""
