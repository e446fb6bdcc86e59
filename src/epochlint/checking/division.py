"""Whether an expression is a float because of how it is written: `a / b` is one, whatever a and b are."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast

_LONGEST = 300


def divides_truly(text: str) -> bool:
    """Tell whether the text of an expression over numbers is a true division, or a sum or product with one in it."""
    if len(text) > _LONGEST:
        return False
    import ast

    try:
        return _is_float(ast.parse(text.strip(), mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_float(node: ast.expr, depth: int) -> bool:
    import ast

    if depth > 20:
        return False
    if isinstance(node, ast.UnaryOp):
        return _is_float(node.operand, depth + 1)
    if not isinstance(node, ast.BinOp):
        return False
    if isinstance(node.op, ast.Div):
        return True
    if isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        return _is_float(node.left, depth + 1) or _is_float(node.right, depth + 1)
    return False
