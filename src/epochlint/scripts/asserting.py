"""Assertions, which are taken as true: what they say of a number is then known."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.things import Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope


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
