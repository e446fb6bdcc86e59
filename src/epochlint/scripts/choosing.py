"""`if` and `match`: which branch is run, or that each may be."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import branches
from epochlint.scripts.branching import Side, run_sides
from epochlint.scripts.syntax import is_main_guard
from epochlint.scripts.things import Datum, Opaque, Scalar
from epochlint.scripts.truths import truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope


def run_if(machine: Machine, node: ast.If, scope: Scope) -> bool:
    site = (scope.source, node.test)
    test = machine.evaluate(node.test, scope)
    held = truth_of(machine, test)
    sure = held is not None and not _may_change(test)
    if sure or (is_main_guard(node.test) and held is not None):
        return machine.execute(node.body if held else node.orelse, scope)
    no = None if held is None else not held
    sides = [
        Side(branches.classify(test, site, held), lambda: machine.execute(node.body, scope), held),
        Side(branches.classify(test, site, no, positive=False), lambda: machine.execute(node.orelse, scope), no),
    ]
    return run_sides(machine, sides, test, site)


def _may_change(test: Datum) -> bool:
    """Tell whether the command line or the environment may still decide otherwise."""
    return isinstance(test, Scalar) and test.overridable


def run_match(machine: Machine, node: ast.Match, scope: Scope) -> bool:
    subject = machine.evaluate(node.subject, scope)
    site = (scope.source, node.subject)
    sides: list[Side] = []
    for case in node.cases:
        held = _matches(machine, case, subject, scope)
        if held is False:
            continue
        if held and not sides:
            return machine.execute(case.body, scope)
        frames = branches.flag(f"{scope.source.text(node.subject)} is {scope.source.text(case.pattern)}", site, None)
        sides.append(Side(frames, lambda body=case.body: machine.execute(body, scope), None))  # type: ignore[misc]
        if held:
            break
    else:
        sides.append(Side(branches.flag("no case matches", site, None), lambda: True, None))
    return run_sides(machine, sides, Opaque(site), site)


def _matches(machine: Machine, case: ast.match_case, subject: Datum, scope: Scope) -> bool | None:
    """Tell whether a case matches; names that it binds become known or unknown."""
    pattern = case.pattern
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
        if pattern.name:
            scope.store(pattern.name, subject, machine.trail)
        return True if case.guard is None else None
    if isinstance(pattern, ast.MatchValue) and case.guard is None and isinstance(subject, Scalar):
        wanted = machine.evaluate(pattern.value, scope)
        if isinstance(wanted, Scalar) and wanted.known and subject.known and not subject.overridable:
            return wanted.plain == subject.plain
        return None
    stack: list[ast.AST] = [pattern]
    while stack:
        one = stack.pop()
        name = getattr(one, "name", None)
        if isinstance(name, str):
            scope.store(name, Opaque((scope.source, one)), machine.trail)
        stack.extend(getattr(one, "patterns", ()))
        stack.extend(getattr(one, "kwd_patterns", ()))
        inner = getattr(one, "pattern", None)
        if inner is not None:
            stack.append(inner)
    return None
