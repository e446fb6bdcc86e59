"""Questions about the syntax alone: what a piece of code assigns, calls, yields; operators by their signs."""

from __future__ import annotations

import _ast as ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BINARY_SIGNS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@",
}  # fmt: skip
COMPARISON_SIGNS: dict[type, str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
UNARY_SIGNS: dict[type, str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def children(node: ast.AST) -> Iterator[ast.AST]:
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST):
            yield value


def walk(nodes: Iterable[ast.AST], into_definitions: bool = False) -> Iterator[ast.AST]:
    """Yield nodes and everything below them, not going into functions and classes defined there unless asked."""
    stack = list(nodes)
    stack.reverse()
    while stack:
        node = stack.pop()
        yield node
        if not into_definitions and isinstance(node, _DEFINITIONS):
            continue
        below = list(children(node))
        below.reverse()
        stack.extend(below)


class Assigned:
    """What a piece of code writes to: names, and attributes and items as expressions."""

    __slots__ = ("attributes", "mutated", "names")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.attributes: list[ast.Attribute] = []
        self.mutated: list[ast.expr] = []  # lists and dicts that are appended to, updated, or whose items are set


MUTATORS = frozenset(
    (
        "append",
        "extend",
        "insert",
        "pop",
        "remove",
        "clear",
        "update",
        "setdefault",
        "add",
        "discard",
        "popitem",
        "sort",
        "reverse",
    )
)


def assigned_in(body: Iterable[ast.AST], cache: dict[int, Assigned] | None = None, key: int = 0) -> Assigned:
    """Return what statements write to, by their syntax; functions called from there are not looked into."""
    if cache is not None and key in cache:
        return cache[key]
    found = Assigned()
    for node in walk(body):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store | ast.Del):
                found.names.add(node.id)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Store | ast.Del):
                found.attributes.append(node)
        elif isinstance(node, ast.Subscript):
            if isinstance(node.ctx, ast.Store | ast.Del):
                found.mutated.append(node.value)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
                found.mutated.append(node.func.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            if node.name:
                found.names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                found.names.add(alias.asname or alias.name.partition(".")[0])
    if cache is not None:
        cache[key] = found
    return found


def names_in_target(target: ast.AST) -> tuple[str, ...]:
    """Return the names a `for` or assignment target binds, in order."""
    if isinstance(target, ast.Name):
        return (target.id,)
    if isinstance(target, ast.Tuple | ast.List):
        return tuple(name for element in target.elts for name in names_in_target(element))
    if isinstance(target, ast.Starred):
        return names_in_target(target.value)
    return ()


def yields(body: Iterable[ast.AST]) -> bool:
    """Tell whether a function with this body is a generator."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walk(body))


def is_main_guard(test: ast.expr) -> bool:
    """Tell whether a condition is `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side for side in sides if isinstance(side, ast.Name) and side.id == "__name__"]
    texts = [side for side in sides if isinstance(side, ast.Constant) and side.value == "__main__"]
    return bool(names) and bool(texts)


def dotted_name(node: ast.AST) -> str:
    """Return `a.b.c` of an expression made of a name and attributes, else an empty text."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def last_identifier(node: ast.AST) -> str:
    """Return the last name in an expression: `optimizer` of `self.optimizer`, `x` of `x[0]`."""
    while isinstance(node, ast.Subscript | ast.Call | ast.Await | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
