"""The requirements that a `setup.py` writes down as literal lists; whatever it computes is left out."""

from __future__ import annotations

import _ast

from epochlint.sources.python_reader import place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from epochlint.places import Place
    from epochlint.sources.documents import Document


_MOST_EXPRESSIONS = 10_000


def requirement_texts(document: Document) -> Iterator[tuple[str, Place]]:
    """Yield what `setup(install_requires=[…], extras_require={…})` asks for; names stand for lists of the module."""
    if document.tree is None:
        return
    lists: dict[str, ast.expr] = {}
    for statement in document.tree.body:
        if isinstance(statement, _ast.Assign):
            for target in statement.targets:
                if isinstance(target, _ast.Name):
                    lists[target.id] = statement.value
    for statement in document.tree.body:
        call = getattr(statement, "value", None)
        if isinstance(call, _ast.Call) and _called(call) == "setup":
            for keyword in call.keywords:
                if keyword.arg in ("install_requires", "extras_require"):
                    yield from _of_expression(document, keyword.value, lists)


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, _ast.Attribute):
        return function.attr
    return function.id if isinstance(function, _ast.Name) else ""


def _of_expression(document: Document, node: ast.expr, lists: dict[str, ast.expr]) -> Iterator[tuple[str, Place]]:
    stack: list[tuple[ast.expr, bool]] = [(node, True)]
    for _ in range(_MOST_EXPRESSIONS):
        if not stack:
            return
        current, names = stack.pop()
        if isinstance(current, _ast.Name) and names and current.id in lists:
            stack.append((lists[current.id], False))
        elif isinstance(current, _ast.List | _ast.Tuple):
            stack.extend([(item, names) for item in reversed(current.elts)])
        elif isinstance(current, _ast.Dict):
            stack.extend([(value, names) for value in reversed(current.values)])
        elif isinstance(current, _ast.Constant) and isinstance(current.value, str):
            yield current.value, place_of(document, current)
