"""How often the loss is divided by the number of accumulated micro-batches on its way to the backward pass."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.syntax import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.nests import Nest
    from epochlint.scripts.recording import Call


def divisions_of_loss(nest: Nest, names: set[str]) -> int:
    """Return how often the loss is divided by one of these names, or by one that speaks of accumulation.

    Only what stands in the same block as the backward pass is counted: each of it is done in every round.
    """
    backward = nest.backwards[0] if len(nest.backwards) == 1 else None
    found = _statements_before(backward) if backward is not None else None
    if found is None:
        return 0
    call, before = found
    loss = _loss_of(call)
    count, name = _divided(loss, names), _name_inside(loss)
    for statement in reversed(before):
        if not name:
            break
        if isinstance(statement, ast.AugAssign) and _name_inside(statement.target) == name:
            count += _by_one_of(statement.value, names) * _sign(statement.op)
        elif isinstance(statement, ast.Assign) and any(_name_inside(one) == name for one in statement.targets):
            count += _divided(statement.value, names)
            name = _name_inside(statement.value)
        elif any(isinstance(one, ast.Name) and one.id == name and _is_bound(one) for one in walk([statement])):
            break
    return max(count, 0)


def hands_loss_over(nest: Nest) -> bool:
    """Tell whether the loss is passed to what makes the backward pass, as in `engine.backward(loss)`."""
    return len(nest.backwards) == 1 and bool(nest.backwards[0].passed) and nest.backwards[0].receiver_name != "loss"


def _statements_before(backward: Call) -> tuple[ast.Call, list[ast.stmt]] | None:
    """Return the call and the statements before it in its block, those under a `with` included."""
    if not isinstance(backward.site, tuple) or backward.site[0].document.tree is None:
        return None
    call, body = backward.site[1], backward.site[0].document.tree.body
    for block in (body, *_blocks(body)):
        statements = list(_flat(block))
        for index, statement in enumerate(statements):
            if isinstance(statement, ast.Expr) and statement.value is call and isinstance(call, ast.Call):
                return call, statements[:index]
    return None


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    for node in walk(body, into_definitions=True):
        if not isinstance(node, ast.With | ast.AsyncWith):
            for field in ("body", "orelse", "finalbody"):
                block = getattr(node, field, None)
                if isinstance(block, list):
                    yield block


def _flat(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in block:
        if isinstance(statement, ast.With | ast.AsyncWith):
            yield from _flat(statement.body)
        else:
            yield statement


def _loss_of(call: ast.Call) -> ast.expr:
    """Return the loss of `engine.backward(loss)`, `loss.backward()` or `scaler.scale(loss).backward()`."""
    loss = call.args[0] if call.args else call.func.value if isinstance(call.func, ast.Attribute) else call.func
    while isinstance(loss, ast.Call) and len(loss.args) == 1 and not loss.keywords:
        loss = loss.args[0]
    return loss


def _divided(expression: ast.expr, names: set[str]) -> int:
    """Return how often an expression as a whole is divided by the number; what is multiplied by it counts the other
    way."""
    if not isinstance(expression, ast.BinOp) or not _sign(expression.op):
        return 0
    return _divided(expression.left, names) + _by_one_of(expression.right, names) * _sign(expression.op)


def _sign(operator: ast.operator) -> int:
    return 1 if isinstance(operator, ast.Div) else -1 if isinstance(operator, ast.Mult) else 0


def _by_one_of(expression: ast.expr, names: set[str]) -> int:
    if isinstance(expression, ast.Constant):
        return int(str(expression.value) in names)
    name = expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")
    return int(name in names or "accum" in name.lower())


def _name_inside(expression: ast.expr) -> str:
    """Return the name that an expression is, or that is divided in it."""
    while isinstance(expression, ast.BinOp) and _sign(expression.op):
        expression = expression.left
    return expression.id if isinstance(expression, ast.Name) else ""


def _is_bound(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
