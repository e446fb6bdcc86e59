"""`try`: each handler is a branch that may be taken, from anywhere in the body."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import branches
from epochlint.scripts.branching import Side, run_sides
from epochlint.scripts.containers import Content
from epochlint.scripts.joining import join_slot
from epochlint.scripts.syntax import walk
from epochlint.scripts.things import Datum, Opaque, Scalar, unknown_scalar
from epochlint.scripts.trail import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site


def run_try(machine: Machine, node: ast.Try, scope: Scope) -> bool:
    mark = machine.trail.mark
    goes_on = machine.execute(node.body, scope)
    if goes_on and node.orelse:
        goes_on = machine.execute(node.orelse, scope)
    handlers = [handler for handler in node.handlers if not (goes_on and _is_about_imports(handler))]
    if handlers:
        goes_on = _run_handlers(machine, node, handlers, scope, goes_on, mark)
    if node.finalbody:
        goes_on = machine.execute(node.finalbody, scope) and goes_on
    return goes_on


def _is_about_imports(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler is for a library that is not installed: what it does instead is of no interest."""
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in ("ImportError", "ModuleNotFoundError") for name in names)


def _run_handlers(
    machine: Machine, node: ast.Try, handlers: list[ast.ExceptHandler], scope: Scope, goes_on: bool, mark: int
) -> bool:
    """Run each handler as a branch that may be taken; nobody knows how far the body came before."""
    site = (scope.source, handlers[0])
    old, new, counts = machine.trail.before(mark), machine.trail.written_since(mark), machine.trail.writes_of(mark)
    straight = not any(isinstance(one, ast.If | ast.For | ast.While | ast.Try | ast.Match) for one in walk(node.body))

    def run(handler: ast.ExceptHandler) -> bool:
        whens = ["nothing is raised", "an exception is raised"]
        for where, (slots, key, value) in new.items():
            if straight and counts[where] == 1:
                joined = join_slot(slots, [value, old[where][2]], whens, site)
            else:
                joined = _anything(old[where][2], value, site)
            if joined is not ABSENT and joined is not value:
                machine.trail.store(slots, key, joined)
        if handler.name:
            scope.store(handler.name, Opaque((scope.source, handler)), machine.trail)
        return machine.execute(handler.body, scope)

    sides = [Side(branches.flag("nothing is raised", site, None), lambda: goes_on, None, silent=True)]
    for handler in handlers:
        what = scope.source.text(handler.type) if handler.type is not None else "an exception"
        frames = branches.flag(f"{what} is raised", (scope.source, handler), None)
        sides.append(Side(frames, lambda one=handler: run(one), None))  # type: ignore[misc]
    return run_sides(machine, sides, Opaque(site), site)


def _anything(old: object, new: object, site: Site) -> object:
    """Return what something is that was written several times, when nobody knows which time was the last."""
    if old is new:
        return new
    if isinstance(new, Content):
        return Content((), False)
    if isinstance(new, Scalar) or new is ABSENT:
        return unknown_scalar(site)
    return Opaque(site) if isinstance(new, Datum) else new
