"""Running statements, except loops and definitions: assignments, branches, with, try, return."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import branches, modules
from epochlint.scripts.attributes import assign_attribute, assign_item, delete_item
from epochlint.scripts.binary import binary
from epochlint.scripts.branching import Side, run_sides
from epochlint.scripts.contexts import enter
from epochlint.scripts.counting import note_change
from epochlint.scripts.iterating import elements_of
from epochlint.scripts.joining import join_slot
from epochlint.scripts.machine import Exit
from epochlint.scripts.methods import extend
from epochlint.scripts.sites import text_of
from epochlint.scripts.syntax import BINARY_SIGNS, is_main_guard, walk
from epochlint.scripts.things import Choice, Content, Datum, Object, Opaque, Scalar, Sequence, constant, unknown_scalar
from epochlint.scripts.trail import ABSENT
from epochlint.scripts.truths import truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site


def run_expression(machine: Machine, node: ast.Expr, scope: Scope) -> bool:
    if not isinstance(node.value, ast.Constant):
        machine.evaluate(node.value, scope)
    return True


def run_assign(machine: Machine, node: ast.Assign, scope: Scope) -> bool:
    value = machine.evaluate(node.value, scope)
    for target in node.targets:
        assign(machine, target, value, scope)
    return True


def run_annotated(machine: Machine, node: ast.AnnAssign, scope: Scope) -> bool:
    if node.value is not None:
        assign(machine, node.target, machine.evaluate(node.value, scope), scope)
    return True


def run_augmented(machine: Machine, node: ast.AugAssign, scope: Scope) -> bool:
    sign = BINARY_SIGNS.get(type(node.op), "")
    amount = machine.evaluate(node.value, scope)
    present = _read_target(machine, node.target, scope)
    if sign == "+" and isinstance(present, Sequence) and present.kind == "list":
        extend(machine, present, amount)
        return True
    assign(machine, node.target, binary(machine, sign, present, amount, (scope.source, node)), scope)
    return True


def _read_target(machine: Machine, target: ast.expr, scope: Scope) -> Datum:
    if isinstance(target, ast.Name):
        return scope.lookup(target.id) or Opaque((scope.source, target))
    return machine.evaluate(target, scope)


def assign(machine: Machine, target: ast.expr, value: Datum, scope: Scope) -> None:
    """Bind a value to a target: a name, attribute, item, or several of them."""
    if isinstance(target, ast.Name):
        assign_name(machine, target, value, scope)
    elif isinstance(target, ast.Attribute):
        owner = machine.evaluate(target.value, scope)
        assign_attribute(machine, owner, target.attr, named(value, (scope.source, target)), (scope.source, target))
    elif isinstance(target, ast.Subscript):
        owner = machine.evaluate(target.value, scope)
        key = machine.evaluate(target.slice, scope)
        assign_item(machine, owner, key, named(value, (scope.source, target)), (scope.source, target))
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(machine, target.elts, value, scope, (scope.source, target))
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, scope)


def assign_name(machine: Machine, target: ast.Name, value: Datum, scope: Scope) -> None:
    value = named(value, (scope.source, target))
    there = scope.target(target.id)
    note_change(machine, there.slots, target.id, value)
    machine.trail.store(there.slots, target.id, value, there.captured)


def named(value: Datum, site: Site) -> Datum:
    """Give a number that somebody wrote the name it is stored under; forms and messages speak of it by that name."""
    if isinstance(value, Object | Choice):
        value.name = value.name or text_of(site)
    elif isinstance(value, Scalar) and not value.label and value.made is None and type(value.plain) in (int, float):
        value = value.copy()
        value.label = text_of(site)
        value.key = ("name", site[0].path, *_position(site[1])) if isinstance(site, tuple) else None
    return value


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _unpack(machine: Machine, targets: list[ast.expr], value: Datum, scope: Scope, site: Site) -> None:
    starred = next((index for index, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    sites: list[Site] = [(scope.source, target) for target in targets]
    items = elements_of(machine, value, len(targets), site, exact=starred is None, sites=sites)
    if starred is None:
        for target, item in zip(targets, items, strict=False):
            assign(machine, target, item, scope)
        return
    after = len(targets) - starred - 1
    for target, item in zip(targets[:starred], items, strict=False):
        assign(machine, target, item, scope)
    complete = isinstance(value, Sequence) and value.complete
    rest = items[starred : len(items) - after] if complete else ()
    assign(machine, targets[starred], Sequence("list", tuple(rest), site, complete), scope)
    last = items[len(items) - after :] if complete else [Opaque(site)] * after
    for target, item in zip(targets[starred + 1 :], last, strict=False):
        assign(machine, target, item, scope)


def run_delete(machine: Machine, node: ast.Delete, scope: Scope) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Name):
            machine.trail.remove(scope.target(target.id).slots, target.id)
        elif isinstance(target, ast.Subscript):
            owner = machine.evaluate(target.value, scope)
            delete_item(machine, owner, machine.evaluate(target.slice, scope))
        elif isinstance(target, ast.Attribute):
            owner = machine.evaluate(target.value, scope)
            slots = getattr(owner, "slots", None)
            if slots is not None:
                machine.trail.remove(slots, target.attr)
    return True


# --- branches --------------------------------------------------------------------------------------------------------


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


# --- leaving ---------------------------------------------------------------------------------------------------------


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


def run_assert(machine: Machine, node: ast.Assert, scope: Scope) -> bool:
    """Run an assertion and take it as true: after `assert len(loader) == 500` the length is known."""
    test = machine.evaluate(node.test, scope)
    if isinstance(test, Scalar) and test.made and test.made[0] == "==" and not test.known:
        for one, other in (test.made[1:3], test.made[2:0:-1]):
            if (
                isinstance(one, Scalar)
                and isinstance(other, Scalar)
                and other.known
                and one.made
                and one.made[0] == "len"
            ):
                known = getattr(one.made[1], "properties", None)
                if known is not None:
                    known["length"] = other
                break
    for comparison in _conjuncts(node.test):
        _take_attribute_as(machine, comparison.left, comparison.comparators[0], scope)
        _take_attribute_as(machine, comparison.comparators[0], comparison.left, scope)
    return True


def _conjuncts(test: ast.expr) -> Iterator[ast.Compare]:
    """Yield the plain equations that an assertion is made of."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _conjuncts(value)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        yield test


def _take_attribute_as(machine: Machine, attribute: ast.expr, value: ast.expr, scope: Scope) -> None:
    """After `assert images.samples == 2000` this property of the object is known, if it was not."""
    if not isinstance(attribute, ast.Attribute) or not isinstance(attribute.value, ast.Name):
        return
    owner, number = machine.evaluate(attribute.value, scope), machine.evaluate(value, scope)
    if isinstance(owner, Object) and owner.cls is None and isinstance(number, Scalar) and type(number.plain) is int:
        owner.properties.setdefault(attribute.attr, number)


# --- with and try ----------------------------------------------------------------------------------------------------


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


# --- names -----------------------------------------------------------------------------------------------------------


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
