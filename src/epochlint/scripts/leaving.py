"""Statements that leave a function, a loop or the script: return, break, continue, raise."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import branches
from epochlint.scripts.machine import Exit
from epochlint.scripts.things import constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope


def run_return(machine: Machine, node: ast.Return, scope: Scope) -> bool:
    site = (scope.source, node)
    value = machine.evaluate(node.value, scope) if node.value is not None else constant(None, site)
    activation = machine.activation
    writes = machine.trail.written_since(activation.mark)
    activation.exits.append(Exit(writes, value, machine.frames[len(activation.frames) :], machine.trail.mark))
    branches.note_exit(machine, activation.loops)
    return False


def run_break(machine: Machine, node: ast.Break, scope: Scope) -> bool:  # noqa: ARG001
    loops = machine.activation.loops
    if loops:
        loops[-1].breaks.append(machine.trail.written_since(loops[-1].mark))
        branches.note_exit(machine, loops[-1:])
    return False


def run_continue(machine: Machine, node: ast.Continue, scope: Scope) -> bool:  # noqa: ARG001
    loops = machine.activation.loops
    if loops:
        loops[-1].continues.append(machine.trail.written_since(loops[-1].mark))
    return False


def run_raise(machine: Machine, node: ast.Raise, scope: Scope) -> bool:
    if node.exc is not None:
        machine.silent += 1
        machine.evaluate(node.exc, scope)
        machine.silent -= 1
    return False
