"""Which function runs each kind of statement, loops and definitions aside."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import modules
from epochlint.scripts.asserting import run_assert
from epochlint.scripts.assigning import assign, run_annotated, run_assign, run_augmented, run_delete
from epochlint.scripts.choosing import run_if, run_match
from epochlint.scripts.contexts import enter
from epochlint.scripts.leaving import run_break, run_continue, run_raise, run_return
from epochlint.scripts.trying import run_try

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope


def run_expression(machine: Machine, node: ast.Expr, scope: Scope) -> bool:
    if not isinstance(node.value, ast.Constant):
        machine.evaluate(node.value, scope)
    return True


def run_with(machine: Machine, node: ast.With, scope: Scope) -> bool:
    outer = machine.frames
    for item in node.items:
        value = machine.evaluate(item.context_expr, scope)
        site = (scope.source, item.context_expr)
        entered, frame = enter(machine, value, site)
        if frame is not None:
            machine.frames = (*machine.frames, frame)
        if item.optional_vars is not None:
            assign(machine, item.optional_vars, entered, scope)
    goes_on = machine.execute(node.body, scope)
    machine.frames = outer
    return goes_on


def run_global(machine: Machine, node: ast.Global, scope: Scope) -> bool:  # noqa: ARG001
    scope.declared_global = (scope.declared_global or set()) | set(node.names)
    return True


def run_nonlocal(machine: Machine, node: ast.Nonlocal, scope: Scope) -> bool:  # noqa: ARG001
    scope.declared_nonlocal = (scope.declared_nonlocal or set()) | set(node.names)
    return True


def run_import(machine: Machine, node: ast.Import, scope: Scope) -> bool:
    for alias in node.names:
        modules.import_module(machine, alias, scope, node)
    return True


def run_import_from(machine: Machine, node: ast.ImportFrom, scope: Scope) -> bool:
    modules.import_names(machine, node, scope)
    return True


def run_pass(machine: Machine, node: ast.Pass, scope: Scope) -> bool:  # noqa: ARG001
    return True


EXECUTORS: dict[type, Callable[[Any, Any, Scope], bool]] = {
    ast.Expr: run_expression,
    ast.Assign: run_assign,
    ast.AnnAssign: run_annotated,
    ast.AugAssign: run_augmented,
    ast.Delete: run_delete,
    ast.If: run_if,
    ast.Match: run_match,
    ast.Return: run_return,
    ast.Break: run_break,
    ast.Continue: run_continue,
    ast.Raise: run_raise,
    ast.Assert: run_assert,
    ast.With: run_with,
    ast.AsyncWith: run_with,
    ast.Try: run_try,
    ast.TryStar: run_try,
    ast.Global: run_global,
    ast.Nonlocal: run_nonlocal,
    ast.Import: run_import,
    ast.ImportFrom: run_import_from,
    ast.Pass: run_pass,
}
