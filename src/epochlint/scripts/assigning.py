"""Assignments: a value stored under a name, in an attribute, an item, or unpacked into several."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.attributes import assign_attribute, assign_item, delete_item
from epochlint.scripts.binary import binary
from epochlint.scripts.containers import Sequence
from epochlint.scripts.counting import note_change
from epochlint.scripts.iterating import elements_of
from epochlint.scripts.methods import extend
from epochlint.scripts.sites import text_of
from epochlint.scripts.syntax import BINARY_SIGNS
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant, known_as

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site

# How numbers are made whose names may say what they are a quotient of.
_QUOTIENTS = frozenset({"/", "//", "*", "+", "int", "ceil", "floor", "round"})


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
    if isinstance(value, Scalar) and value.made is not None and value.made[0] in _QUOTIENTS:
        machine.note_operation("named", (scope.source, target), (value,))
    if isinstance(target, ast.Name):
        assign_name(machine, target, value, scope)
    elif isinstance(target, ast.Attribute):
        owner = machine.evaluate(target.value, scope)
        _note_setting(machine, owner, target.attr, value, (scope.source, target))
        assign_attribute(machine, owner, target.attr, named(value, (scope.source, target)), (scope.source, target))
    elif isinstance(target, ast.Subscript):
        owner = machine.evaluate(target.value, scope)
        key = machine.evaluate(target.slice, scope)
        assign_item(machine, owner, key, named(value, (scope.source, target)), (scope.source, target))
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(machine, target.elts, value, scope, (scope.source, target))
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value, scope)


def _note_setting(machine: Machine, owner: Datum, name: str, value: Datum, site: Site) -> None:
    """Write down that a number is set in a configuration of which nothing else is known: `cfg.train.steps = 100`."""
    if isinstance(owner, Opaque) and isinstance(value, Scalar) and type(value.plain) in (int, float):
        path = [name]
        inner: Datum = owner
        while isinstance(inner, Opaque) and inner.owner is not None:
            inner, above = inner.owner
            path.insert(0, above)
        machine.note_operation("set", site, (value, constant(".".join(path), site)))


def assign_name(machine: Machine, target: ast.Name, value: Datum, scope: Scope) -> None:
    value = named(value, (scope.source, target))
    constant_of_script = scope.kind == "module" and scope.source is machine.main
    if constant_of_script and isinstance(value, Scalar) and type(value.plain) in (int, float):
        machine.note_operation("set", (scope.source, target), (value, constant(target.id, None)))
    there = scope.target(target.id)
    note_change(machine, there.slots, target.id, value)
    machine.trail.store(there.slots, target.id, value, there.captured)


def named(value: Datum, site: Site) -> Datum:
    """Give a number that somebody wrote the name it is stored under; forms and messages speak of it by that name."""
    if isinstance(value, Object | Choice):
        value.name = value.name or text_of(site)
    else:
        return known_as(value, text_of(site), site)
    return value


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
