"""Numbers that have no name: `if step % 100 == 0:`, `for epoch in range(10):`."""

from __future__ import annotations

import _ast as ast

from epochlint.declared.words import dotted, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.declared.numbers import Numbers


def intervals(node: ast.If, vocabulary: dict[str, Any]) -> Iterator[tuple[str, ast.expr]]:
    """Yield quantity and number of `counter % number` in a condition, by what is done then."""
    for part in walk(node.test):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod) and isinstance(part.right, ast.Constant):
            left = {word for one in walk(part.left) for word in words_of(dotted(one))}
            if not left.isdisjoint(vocabulary.get("counters", ())):
                quantity = _done(node.body, vocabulary)
                if quantity:
                    yield quantity, part.right


def _done(body: list[ast.stmt], vocabulary: dict[str, Any]) -> str:
    calls = [dotted(part.func) for statement in body for part in walk(statement) if isinstance(part, ast.Call)]
    words = {word for call in calls for word in words_of(call)}
    # `model.eval()` alone only switches a mode.
    words -= {"eval"} if not any("eval" in words_of(call) for call in calls if not call.endswith(".eval")) else set()
    for act in vocabulary.get("acts", ()):
        if not words.isdisjoint(act["words"]) or any(call.rpartition(".")[2] in act["words"] for call in calls):
            return str(act["quantity"])
    return ""


def rounds(
    node: ast.For, nested: bool, numbers: Numbers, vocabulary: dict[str, Any]
) -> tuple[str, ast.expr, int | float] | None:
    """Return quantity, expression and number of a training loop whose number of rounds stands in the loop itself.

    A loop inside another one goes round for epochs or for nothing that has a name.
    """
    called = _range(node.iter)
    quantity = _counted(node, nested, vocabulary)
    if called is None or not quantity:
        return None
    start = numbers.value(called.args[0]) if len(called.args) > 1 else 0
    stop = called.args[min(len(called.args) - 1, 1)]
    end = numbers.value(stop)
    passed_on = not isinstance(stop, ast.Constant | ast.BinOp) or (start == 1 and isinstance(stop, ast.BinOp))
    if passed_on or start is None or end is None or end <= start:
        return None
    return quantity, stop, end - start


def _range(node: ast.expr) -> ast.Call | None:
    """Return the `range(10)` of `range(10)` and `tqdm(range(10))`."""
    while isinstance(node, ast.Call) and node.args:
        if dotted(node.func) == "range":
            return node
        node = node.args[0]
    return None


def _counted(node: ast.For, nested: bool, vocabulary: dict[str, Any]) -> str:
    """Return what a loop counts: epochs by its counter's name, steps only where it trains too."""
    words = words_of(dotted(node.target)) or {"_"}
    for quantity, counters in vocabulary.get("loops", {}).items():
        if not words.isdisjoint(counters):
            calls = (dotted(one.func) for one in walk(node) if isinstance(one, ast.Call))
            trains = any(call.rpartition(".")[2] in vocabulary.get("updates", ()) for call in calls)
            return quantity if quantity == "epochs" or (trains and not nested) else ""
    return ""


def is_aside(node: ast.With) -> bool:
    """Tell whether nothing is trained in a block, since gradients are off."""
    return any(dotted(item.context_expr).rpartition(".")[2] in ("no_grad", "inference_mode") for item in node.items)


def walk(node: ast.AST) -> Iterator[ast.AST]:
    import ast as syntax

    return syntax.walk(node)
