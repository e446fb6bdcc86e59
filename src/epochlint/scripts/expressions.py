"""Evaluating Python's expressions, except calls and comprehensions."""

from __future__ import annotations

import _ast as ast

from epochlint.expressions.values import FALSE, TRUE, UNKNOWN, Value
from epochlint.scripts import arrays, branches
from epochlint.scripts.attributes import attribute, item
from epochlint.scripts.binary import binary, merge
from epochlint.scripts.builtin_names import BUILTINS
from epochlint.scripts.callables import Library
from epochlint.scripts.calls import evaluate_call, evaluate_lambda
from epochlint.scripts.comprehensions import evaluate_comprehension, evaluate_dict_comprehension
from epochlint.scripts.containers import MORE, Mapping, Sequence, Slice
from epochlint.scripts.joining import join
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import compare, kind_of, negation, opposite, truth, unary
from epochlint.scripts.syntax import BINARY_SIGNS, COMPARISON_SIGNS, UNARY_SIGNS
from epochlint.scripts.things import Datum, Opaque, Scalar, constant, literal, unknown_scalar
from epochlint.scripts.truths import as_number, is_something, truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Branch
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site


def evaluate_constant(machine: Machine, node: ast.Constant, scope: Scope) -> Datum:  # noqa: ARG001
    known = scope.source.constants.get(id(node))
    if known is not None:
        return known
    value = node.value
    if value is None or isinstance(value, bool | int | float | str):
        known = scope.source.constants[id(node)] = literal(value, (scope.source, node))
        return known
    return Opaque((scope.source, node), kind=type(value).__name__)


def evaluate_name(machine: Machine, node: ast.Name, scope: Scope) -> Datum:
    found = scope.lookup(node.id)
    if found is not None:
        return found
    if node.id in BUILTINS:
        return Library(f"builtins.{node.id}", (scope.source, node))
    return _starred(machine, node, scope) or Opaque((scope.source, node), f"{node.id} is not defined here")


def _starred(machine: Machine, node: ast.Name, scope: Scope) -> Datum | None:
    """Return what a name means that came in by `from library import *`, if that can be told."""
    stars = scope.module.stars
    if not stars:
        return None
    known = [star for star in stars if machine.apis.api(f"{star}.{node.id}") is not None]
    library = known[0] if known else stars[0] if len(stars) == 1 else ""
    return Library(f"{library}.{node.id}", (scope.source, node)) if library else None


def evaluate_attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Datum:
    owner = machine.evaluate(node.value, scope)
    return attribute(machine, owner, node.attr, (scope.source, node))


def evaluate_subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Datum:
    owner = machine.evaluate(node.value, scope)
    key = machine.evaluate(node.slice, scope)
    return item(machine, owner, key, (scope.source, node))


def evaluate_slice(machine: Machine, node: ast.Slice, scope: Scope) -> Datum:
    parts = [None if part is None else machine.evaluate(part, scope) for part in (node.lower, node.upper, node.step)]
    return Slice(parts[0], parts[1], parts[2], (scope.source, node))


# --- displays --------------------------------------------------------------------------------------------------------


def evaluate_sequence(machine: Machine, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Datum:
    items: list[Datum] = []
    complete = True
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = machine.evaluate(element.value, scope)
            if isinstance(inner, Sequence):
                items.extend(inner.items)
                complete = complete and inner.complete
            else:
                complete = False
        else:
            items.append(machine.evaluate(element, scope))
    kind = {ast.List: "list", ast.Tuple: "tuple"}.get(type(node), "set")
    return Sequence(kind, tuple(items), (scope.source, node), complete)


def evaluate_dict(machine: Machine, node: ast.Dict, scope: Scope) -> Datum:
    made = Mapping({}, (scope.source, node))
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(value_node, scope)
        if key_node is None:
            merge(made, value)
            continue
        key = machine.evaluate(key_node, scope)
        if isinstance(key, Scalar) and key.known:
            made.slots[key.plain] = value
            made.key_sites[key.plain] = (scope.source, key_node)
        else:
            made.slots[MORE] = True
    return made


def evaluate_joined(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Datum:
    """Evaluate an f-string: known if all its parts are."""
    parts: list[str] = []
    known = True
    overridable = False
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        if not isinstance(part, ast.FormattedValue):
            known = False
            continue
        value = machine.evaluate(part.value, scope)
        plain = isinstance(value, Scalar) and value.known and part.format_spec is None and part.conversion in (-1, 115)
        known = known and plain
        if plain and isinstance(value, Scalar):
            parts.append(str(value.plain))
            overridable = overridable or value.overridable
    site = (scope.source, node)
    if not known or sum(len(part) for part in parts) > 10_000:
        return unknown_scalar(site, "str")
    result = constant("".join(parts), site)
    result.overridable = overridable
    return result


# --- operators -------------------------------------------------------------------------------------------------------


def evaluate_binary(machine: Machine, node: ast.BinOp, scope: Scope) -> Datum:
    left = machine.evaluate(node.left, scope)
    right = machine.evaluate(node.right, scope)
    return binary(machine, BINARY_SIGNS[type(node.op)], left, right, (scope.source, node))


def evaluate_unary(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Datum:
    operand = machine.evaluate(node.operand, scope)
    sign, site = UNARY_SIGNS[type(node.op)], (scope.source, node)
    if sign == "not":
        inside = (scope.source, node.operand)
        if isinstance(operand, Scalar):
            return opposite(operand, site, inside)
        held = truth_of(machine, operand)
        value: Value = UNKNOWN if held is None else FALSE if held else TRUE
        return Scalar(value, site, "computed", ("not", operand, inside), "bool")
    number = as_number(machine, operand)
    if number is None:
        return arrays.like(machine, operand, site) or Opaque(site)
    return unary(sign, number, site)


def evaluate_boolean(machine: Machine, node: ast.BoolOp, scope: Scope) -> Datum:
    """Evaluate `and` and `or`; where a side is not decided, both what it is and what comes after may be the result."""
    stops_at = isinstance(node.op, ast.Or)
    site = (scope.source, node)
    outer = machine.frames
    sides: list[tuple[str, Datum]] = []
    tested: list[Datum] = []
    value: Datum = constant(not stops_at, site)
    when = ""
    for position, part in enumerate(node.values):
        value = machine.evaluate(part, scope)
        tested.append(value)
        held = truth_of(machine, value)
        if held is stops_at:
            break
        if held is None and position < len(node.values) - 1:
            text = machine.symbols.condition(scope.source.text(part), value, line_of(site))
            sides.append((_with(when, text if stops_at else negation(text)), value))
            when = _with(when, negation(text) if stops_at else text)
            frames = branches.classify(value, (scope.source, part), None, positive=not stops_at)
            machine.frames = (*machine.frames, *frames)
    machine.frames = outer
    if not sides:
        return value
    places = tuple((scope.source, part) for part in node.values[: len(tested)])
    made = ("or" if stops_at else "and", tuple(tested), places)
    if all(isinstance(one, Scalar) and kind_of(one) == "bool" for one in tested):
        # Whatever the undecided sides are, one that stops decides.
        decided: Value = UNKNOWN if truth_of(machine, value) is not stops_at else TRUE if stops_at else FALSE
        overridable = any(isinstance(one, Scalar) and one.overridable for one in tested)
        return Scalar(decided, site, "computed", made, "bool", overridable)
    sides.append((when, value))
    result = join(sides, site)
    if isinstance(result, Scalar) and not result.known and result.made is None:
        result = result.copy()
        result.made = made
    elif isinstance(result, Opaque) and any(isinstance(one, Scalar) and kind_of(one) == "bool" for one in tested):
        return Scalar(UNKNOWN, site, "computed", made)
    return result


def _with(first: str, second: str) -> str:
    return f"{first} and {second}" if first else second


def evaluate_comparison(machine: Machine, node: ast.Compare, scope: Scope) -> Datum:
    left = machine.evaluate(node.left, scope)
    results: list[Scalar] = []
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(right_node, scope)
        result = compare_things(machine, COMPARISON_SIGNS[type(operator)], left, right, (scope.source, node))
        results.append(result)
        if truth(result.value) is False:
            return result
        left = right
    if len(results) == 1:
        return results[0]
    unknown = [result for result in results if not result.known]
    if not unknown:
        return results[-1]
    site = (scope.source, node)
    return Scalar(UNKNOWN, site, "computed", ("and", tuple(unknown), (site,) * len(unknown)), "bool")


def compare_things(machine: Machine, sign: str, left: Datum, right: Datum, site: Site) -> Scalar:
    """Return `left sign right` as a truth value for things of any sort."""
    if isinstance(left, Scalar) and isinstance(right, Scalar) and sign not in ("in", "not in"):
        if machine.watched is not None:
            machine.watched.append((sign, left, right))
        return compare(sign, left, right, site)
    overridable = any(isinstance(side, Scalar) and side.overridable for side in (left, right))
    if sign in ("is", "is not", "==", "!="):
        held = _same_thing(sign, left, right)
        if held is not None:
            return Scalar(TRUE if held else FALSE, site, "computed", (sign, left, right), "bool", overridable)
        one, other = as_number(machine, left), as_number(machine, right)
        if one is not None and other is not None and sign in ("==", "!="):
            return compare(sign, one, other, site)
        return Scalar(UNKNOWN, site, "computed", (sign, left, right), "bool", overridable)
    if sign in ("in", "not in"):
        contained = _contains(right, left)
        value: Value = UNKNOWN if contained is None else TRUE if contained == (sign == "in") else FALSE
        return Scalar(value, site, "computed", (sign, left, right), "bool", overridable)
    one, other = as_number(machine, left), as_number(machine, right)
    if one is not None and other is not None:
        return compare(sign, one, other, site)
    return Scalar(UNKNOWN, site, "computed", (sign, left, right), "bool")


def _same_thing(sign: str, left: Datum, right: Datum) -> bool | None:
    """Tell whether two things, at least one of which is no scalar, are the same (or, by the sign, are not)."""
    positive = sign in ("is", "==")
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Scalar) and one.known and one.plain is None and is_something(other):
            return not positive
    if left is right and not isinstance(left, Opaque):
        return positive
    return None


def _contains(container: Datum, wanted: Datum) -> bool | None:
    if not isinstance(wanted, Scalar) or not wanted.known:
        return None
    if isinstance(container, Mapping):
        if wanted.plain in container.entries:
            return None if isinstance(container.entries[wanted.plain], Opaque) else True
        return False if container.complete else None
    if isinstance(container, Scalar) and isinstance(container.plain, str) and isinstance(wanted.plain, str):
        return wanted.plain in container.plain
    if isinstance(container, Sequence):
        items = container.items
        if any(isinstance(one, Scalar) and one.known and one.plain == wanted.plain for one in items):
            return True
        if container.complete and all(isinstance(one, Scalar) and one.known for one in items):
            return False
    return None


def evaluate_conditional(machine: Machine, node: ast.IfExp, scope: Scope) -> Datum:
    test = machine.evaluate(node.test, scope)
    held = truth_of(machine, test)
    if held is not None:
        result = machine.evaluate(node.body if held else node.orelse, scope)
        return _overridable(result, test)
    site = (scope.source, node.test)
    text = machine.symbols.condition(scope.source.text(node.test), test, line_of(site))
    body = _under(machine, branches.classify(test, site, None), node.body, scope)
    orelse = _under(machine, branches.classify(test, site, None, positive=False), node.orelse, scope)
    return join([(text, body), (negation(text), orelse)], (scope.source, node))


def _under(machine: Machine, frames: tuple[Branch, ...], node: ast.expr, scope: Scope) -> Datum:
    outer = machine.frames
    machine.frames = (*outer, *frames)
    value = machine.evaluate(node, scope)
    machine.frames = outer
    return value


def _overridable(result: Datum, test: Datum) -> Datum:
    """Mark a result as open to change, where the condition that chose it is."""
    if isinstance(test, Scalar) and test.overridable and isinstance(result, Scalar) and not result.overridable:
        result = result.copy()
        result.overridable = True
    return result


# --- the rest --------------------------------------------------------------------------------------------------------


def evaluate_named(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Datum:
    value = machine.evaluate(node.value, scope)
    scope.store(node.target.id, value, machine.trail)
    return value


def evaluate_awaited(machine: Machine, node: ast.Await, scope: Scope) -> Datum:
    return machine.evaluate(node.value, scope)


def evaluate_yield(machine: Machine, node: ast.Yield, scope: Scope) -> Datum:
    value = machine.evaluate(node.value, scope) if node.value is not None else constant(None, (scope.source, node))
    activation = machine.activation
    activation.yielded.append((value, machine.frames[len(activation.frames) :]))
    return Opaque((scope.source, node))


def evaluate_yield_from(machine: Machine, node: ast.YieldFrom, scope: Scope) -> Datum:
    inner = machine.evaluate(node.value, scope)
    activation = machine.activation
    activation.yielded.append((inner, machine.frames[len(activation.frames) :]))
    activation.delegates = True
    return Opaque((scope.source, node))


def evaluate_starred(machine: Machine, node: ast.Starred, scope: Scope) -> Datum:
    return machine.evaluate(node.value, scope)


def evaluate_formatted(machine: Machine, node: ast.FormattedValue, scope: Scope) -> Datum:
    machine.evaluate(node.value, scope)
    return unknown_scalar((scope.source, node), "str")


EVALUATORS: dict[type, Callable[[Any, Any, Scope], Datum]] = {
    ast.Constant: evaluate_constant,
    ast.Name: evaluate_name,
    ast.Attribute: evaluate_attribute,
    ast.Subscript: evaluate_subscript,
    ast.Slice: evaluate_slice,
    ast.List: evaluate_sequence,
    ast.Tuple: evaluate_sequence,
    ast.Set: evaluate_sequence,
    ast.Dict: evaluate_dict,
    ast.JoinedStr: evaluate_joined,
    ast.FormattedValue: evaluate_formatted,
    ast.BinOp: evaluate_binary,
    ast.UnaryOp: evaluate_unary,
    ast.BoolOp: evaluate_boolean,
    ast.Compare: evaluate_comparison,
    ast.IfExp: evaluate_conditional,
    ast.Call: evaluate_call,
    ast.Lambda: evaluate_lambda,
    ast.ListComp: evaluate_comprehension,
    ast.SetComp: evaluate_comprehension,
    ast.GeneratorExp: evaluate_comprehension,
    ast.DictComp: evaluate_dict_comprehension,
    ast.NamedExpr: evaluate_named,
    ast.Await: evaluate_awaited,
    ast.Yield: evaluate_yield,
    ast.YieldFrom: evaluate_yield_from,
    ast.Starred: evaluate_starred,
}
