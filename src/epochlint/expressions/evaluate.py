"""Evaluating expressions over values that are known, one of a few, symbolic or unknown.

Known values follow Python: int exact, float an IEEE double, `1` and `1.0` different in kind. Conditions are
three-valued. What cannot be computed (a division by zero, a text where a number is needed) is unknown, with the reason;
nothing raises.

Where a name has alternatives, or a conditional is not decided, the whole expression is evaluated once for each
combination that can occur, so that `x - x` is 0 for every x. docs/expressions.md tells the rest.
"""

from __future__ import annotations

import math

from epochlint.expressions.aspects import bounds_of, missing_of, truth
from epochlint.expressions.functions import CALLS, KINDS, SMOOTH
from epochlint.expressions.operations import COMPUTE, ORDER, combine, negated, opposite, relation, truth_of
from epochlint.expressions.plain import NUMBERS, blend
from epochlint.expressions.rounds import Evaluation
from epochlint.expressions.scenarios import MOST_COMBINATIONS, join, merged, wrapped
from epochlint.expressions.values import Known, Symbolic, Unknown
from epochlint.expressions.wording import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from epochlint.expressions.trees import Expression, Tree
    from epochlint.expressions.values import Value

__all__ = ["bounds_of", "evaluate", "join", "missing_of", "text_of", "truth"]

FUEL = 10_000  # nodes that one evaluation may visit
_MOST_WHOLE = 1 << 4_096


class _OutOfFuelError(Exception):
    """The evaluation has visited too many nodes."""


def evaluate(
    expression: Expression,
    lookup: Callable[[str], Value],
    special: Mapping[str, Callable[..., Value]] | None = None,
    fuel: int = FUEL,
    trigonometry: bool = False,
) -> Value:
    """Return the value of an expression; `lookup` gives the value of a name.

    `special` are functions that are given their arguments as text, names as they are written (`given(max_steps)`).
    `fuel` bounds the nodes that are visited. `trigonometry` allows cos, exp, log, pow, sqrt and pi.
    """
    run = Evaluation(lookup, special or {}, fuel, trigonometry)
    try:
        return _in_rounds(run, expression.tree)
    except _OutOfFuelError:
        return Unknown("the expression takes too long to evaluate")


def _in_rounds(run: Evaluation, tree: Tree) -> Value:
    """Evaluate a tree once for each combination of alternatives that it meets."""
    plain = _EVALUATE[tree[0]](run, tree)
    if not run.waiting:
        return wrapped(plain)
    outcomes = [(plain, run.label())]
    while run.next_round():
        if len(outcomes) == MOST_COMBINATIONS:
            run.miss(tuple([value for value, _ in outcomes]))
            return Unknown(f"it has more than {MOST_COMBINATIONS} alternatives", run.missing)
        outcomes.append((_EVALUATE[tree[0]](run, tree), run.label()))
    return merged(outcomes, run.missing)


# --- kinds of nodes --------------------------------------------------------------------------------------------------


def _value(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    return tree[1]


def _name(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    if run.fuel < 0:
        raise _OutOfFuelError
    name = tree[1]
    value = run.values.get(name)
    if value is None:
        value = Known(math.pi) if run.trigonometry and name == "pi" else run.lookup(name)
        run.values[name] = value
    return value.value if type(value) is Known else run.plain(name, value)


def _arithmetic(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    if run.fuel < 0:
        raise _OutOfFuelError
    sign, left, right = tree
    left = _EVALUATE[left[0]](run, left)
    right = _EVALUATE[right[0]](run, right)
    if type(left) is int and type(right) is int and sign in "+-*":
        result = COMPUTE[sign](left, right)
        if -_MOST_WHOLE < result < _MOST_WHOLE:
            return result
    return combine(sign, left, right)


def _negate(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    return negated(_EVALUATE[tree[1][0]](run, tree[1]))


def _compare(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    if run.fuel < 0:
        raise _OutOfFuelError
    left = _EVALUATE[tree[1][0]](run, tree[1])
    if len(tree) > 4:
        return _chain(run, left, tree)
    sign, right = tree[2], tree[3]
    right = _EVALUATE[right[0]](run, right)
    if sign in ORDER and type(left) in NUMBERS and type(right) in NUMBERS:
        return ORDER[sign](left, right)
    return relation(sign, left, right)


def _chain(run: Evaluation, left: Any, tree: Tree) -> Any:
    """Evaluate `a < b < c`, which is `a < b and b < c`."""
    undecided: list[Any] = []
    for sign, operand in zip(tree[2::2], tree[3::2], strict=True):
        right = _EVALUATE[operand[0]](run, operand)
        result = relation(sign, left, right)
        if type(result) is tuple:
            return Unknown("a chain of comparisons takes no lists")
        if result is False:
            return False
        if result is not True:
            undecided.append(result)
        left = right
    return blend(*undecided) if undecided else True


def _none(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    equal = relation("==", _EVALUATE[tree[1][0]](run, tree[1]), None)
    return equal if tree[0] == "is none" else opposite(equal)


def _not(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    return opposite(_EVALUATE[tree[1][0]](run, tree[1]))


def _logic(run: Evaluation, tree: Tree) -> Any:
    """Evaluate `and` or `or`: one decisive operand decides the truth, whatever the others are; else as Python does."""
    run.fuel -= 1
    decisive = tree[0] == "or"
    undecided: list[Any] = []
    value: Any = None
    for operand in tree[1:]:
        value = _EVALUATE[operand[0]](run, operand)
        held = truth_of(value)
        if held is decisive:
            return _decided(run, tree, value, undecided) if undecided else value
        if held is None:
            undecided.append(value)
    if not undecided:
        return value
    return opposite(opposite(undecided[0])) if len(undecided) == 1 else blend(*undecided)


def _decided(run: Evaluation, tree: Tree, value: Any, undecided: list[Any]) -> Any:
    """Return the value of `and` or `or` of which an earlier operand is not decided, and this one decides the truth."""
    if type(value) is bool:
        return value
    if tree[0] == "or":  # `x or 8` counts as true, but it may be x
        return blend(*undecided)
    run.miss(tuple(undecided))
    return value if run.choose(("and", tree), ("", "")) == 0 else False


def _conditional(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    condition = _EVALUATE[tree[1][0]](run, tree[1])
    held = truth_of(condition)
    if held is None:
        held = run.branch(tree[1], condition)
    taken = tree[2] if held else tree[3]
    return _EVALUATE[taken[0]](run, taken)


def _list(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    return tuple([_EVALUATE[item[0]](run, item) for item in tree[1:]])


def _item(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    items = _EVALUATE[tree[1][0]](run, tree[1])
    if type(items) not in (tuple, str):
        return blend(items) if type(items) in (Symbolic, Unknown) else Unknown("only a list or a text has items")
    if -len(items) <= tree[2] < len(items):
        return items[tree[2]]
    return Unknown(f"there is no item {tree[2]}, of {len(items)}")


def _call(run: Evaluation, tree: Tree) -> Any:
    run.fuel -= 1
    if run.fuel < 0:
        raise _OutOfFuelError
    name = tree[1]
    if name in run.special:
        return _special(run, name, tree[2:])
    function = CALLS.get(name) or (SMOOTH.get(name) if run.trigonometry else None)
    arguments = [_EVALUATE[argument[0]](run, argument) for argument in tree[2:]]
    for argument in arguments:
        if type(argument) is tuple:
            run.fuel -= len(argument)
    if run.fuel < 0:
        raise _OutOfFuelError
    if function is not None:
        return function(*arguments)
    return _kind(run, arguments[0]) if name == "kind" else Unknown(f"{name} is no function here")


def _special(run: Evaluation, name: str, arguments: Tree) -> Any:
    """Call a function of names: each argument is a name or a text."""
    if any(argument[0] not in ("name", "value") for argument in arguments):
        return Unknown(f"{name} takes names")
    key = (name, *[argument[1] for argument in arguments])
    value = run.values.get(key)
    if value is None:
        try:
            value = run.special[name](*[str(argument[1]) for argument in arguments])
        except TypeError as error:  # a wrong number of arguments, in somebody's data file
            value = Unknown(str(error))
        run.values[key] = value
    return run.plain(key, value)


def _kind(run: Evaluation, value: Any) -> Any:
    """Return the kind of a value. A number that is not known may be an int or a float."""
    if type(value) is not Symbolic:
        return blend(value) if type(value) is Unknown else KINDS.get(type(value), type(value).__name__)
    from epochlint.expressions.symbolic import is_surely_number

    if not is_surely_number(value):
        return blend(value)
    run.miss(value)
    return ("int", "float")[run.choose(("kind", value.term), ("", ""))]


_EVALUATE: dict[str, Callable[[Evaluation, Any], Any]] = {
    "value": _value,
    "name": _name,
    **dict.fromkeys(("+", "-", "*", "/", "//", "%", "**"), _arithmetic),
    "negate": _negate,
    "compare": _compare,
    "is none": _none,
    "is not none": _none,
    "not": _not,
    "and": _logic,
    "or": _logic,
    "if": _conditional,
    "list": _list,
    "item": _item,
    "call": _call,
}
