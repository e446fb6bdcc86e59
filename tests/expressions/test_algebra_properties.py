"""The algebra against brute force: everything is computed once symbolically and once with numbers."""

from __future__ import annotations

import ast
import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from epochlint.expressions import algebra
from epochlint.expressions.algebra import Term, compare, evaluate_term, symbols

# name: (low, high, whole)
SYMBOLS: dict[str, tuple[int | None, int | None, bool]] = {
    "n": (1, None, True),
    "m": (0, None, True),
    "w": (1, 16, True),
    "z": (None, None, True),
    "x": (None, None, False),
    "p": (0, 1, False),
}

Tree = tuple[Any, ...]

WHOLE = st.integers(min_value=-9, max_value=40)
RATIONAL = st.fractions(min_value=-20, max_value=20, max_denominator=12)


def _values() -> st.SearchStrategy[dict[str, Fraction]]:
    def one(low: int | None, high: int | None, whole: bool) -> st.SearchStrategy[Fraction]:
        least, most = -30 if low is None else low, 60 if high is None else high
        if whole:
            return st.integers(least, most).map(Fraction)
        return st.fractions(least, most, max_denominator=12)

    return st.fixed_dictionaries({name: one(*about) for name, about in SYMBOLS.items()})


def _trees() -> st.SearchStrategy[Tree]:
    leaves = st.one_of(
        st.sampled_from(sorted(SYMBOLS)).map(lambda name: ("symbol", name)),
        WHOLE.map(lambda number: ("number", Fraction(number))),
        RATIONAL.map(lambda number: ("number", number)),
    )

    def larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        return st.one_of(
            st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide", "minimum", "maximum"]), inner, inner),
            st.tuples(st.sampled_from(["ceil", "floor", "nearest", "truncate", "absolute"]), inner),
        )

    return st.recursive(leaves, larger, max_leaves=7)


# Sums of counts divided by counts: what formulas really round.
COUNTS = st.recursive(
    st.one_of(
        st.sampled_from(["n", "m", "w"]).map(lambda name: ("symbol", name)),
        st.integers(1, 12).map(lambda number: ("number", Fraction(number))),
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["add", "multiply", "subtract", "maximum", "minimum"]), inner, inner),
        st.tuples(st.sampled_from(["ceil", "floor"]), st.tuples(st.just("divide"), inner, inner)),
    ),
    max_leaves=7,
)
TREES = st.one_of(_trees(), COUNTS)

PLAIN: dict[str, Callable[..., Fraction]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "minimum": min,
    "maximum": max,
    "ceil": lambda a: Fraction(math.ceil(a)),
    "floor": lambda a: Fraction(math.floor(a)),
    "nearest": lambda a: Fraction(round(a)),
    "truncate": lambda a: Fraction(math.trunc(a)),
    "absolute": abs,
}


def plain(tree: Tree, values: dict[str, Fraction]) -> Fraction:
    if tree[0] == "symbol":
        return values[tree[1]]
    if tree[0] == "number":
        return Fraction(tree[1])
    return PLAIN[tree[0]](*[plain(part, values) for part in tree[1:]])


def symbolic(tree: Tree) -> Term:
    if tree[0] == "symbol":
        low, high, whole = SYMBOLS[tree[1]]
        return algebra.symbol(tree[1], None, low, high, whole)
    if tree[0] == "number":
        return algebra.constant(tree[1])
    operation: Callable[..., Term] = getattr(algebra, tree[0])
    return operation(*[symbolic(part) for part in tree[1:]])


def both(tree: Tree, values: dict[str, Fraction]) -> tuple[Term, Fraction]:
    """Return the term and the number; a division by zero somewhere makes the example useless."""
    try:
        number = plain(tree, values)
        return symbolic(tree), number
    except ZeroDivisionError:
        assume(False)
        raise


def ratio_of(numerator: Tree, denominator: Tree) -> Tree:
    return ("divide", numerator, denominator)


N, W, EIGHT = ("symbol", "n"), ("symbol", "w"), ("number", Fraction(8))
VALUES = dict.fromkeys(SYMBOLS, Fraction(1))


@settings(max_examples=250, deadline=None)
@given(TREES, _values())
@example(("ceil", ratio_of(("ceil", ratio_of(N, EIGHT)), W)), {**VALUES, "n": Fraction(17), "w": Fraction(3)})
@example(("floor", ratio_of(("subtract", ("add", N, W), ("number", Fraction(1))), W)), VALUES)
def test_a_term_has_the_value_of_the_calculation_it_stands_for(tree: Tree, values: dict[str, Fraction]) -> None:
    term, number = both(tree, values)
    assert evaluate_term(term, values) == number


@settings(max_examples=250, deadline=None)
@given(TREES, _values())
def test_bounds_signs_and_wholeness_hold_for_every_value(tree: Tree, values: dict[str, Fraction]) -> None:
    term, number = both(tree, values)
    low, high, whole = algebra.bounds(term)
    assert low is None or low <= number
    assert high is None or number <= high
    assert not whole or number.denominator == 1
    assert (number > 0) - (number < 0) in algebra.signs(term)


def _variants(tree: Tree) -> st.SearchStrategy[Tree]:
    """Other terms of which some are equal to the first, some a multiple, some near it."""
    return st.sampled_from(
        [
            tree,
            ("add", tree, ("number", Fraction(1))),
            ("subtract", ("add", tree, N), N),
            ("multiply", ratio_of(tree, W), W),
            ("multiply", tree, W),
            ("floor", tree),
            ("ceil", tree),
            ("floor", ratio_of(("subtract", ("add", tree, W), ("number", Fraction(1))), W)),
            ("ceil", ratio_of(tree, W)),
        ]
    )


@settings(max_examples=250, deadline=None)
@given(st.data(), _values())
def test_comparing_is_never_wrong(data: st.DataObject, values: dict[str, Fraction]) -> None:
    tree = data.draw(TREES)
    other_tree = data.draw(st.one_of(TREES, _variants(tree), _variants(tree)))
    (left, first), (right, second) = both(tree, values), both(other_tree, values)
    verdict = compare(left, right)
    if verdict == "same":
        assert first == second
    if verdict == "different":
        assert first != second
    factor = algebra.ratio(left, right)
    if factor is not None and second:
        assert evaluate_term(factor, values) == first / second


@settings(max_examples=120, deadline=None)
@given(TREES, TREES, _values())
def test_substituting_comes_to_the_same_as_calculating_with_it(
    tree: Tree, other: Tree, values: dict[str, Fraction]
) -> None:
    (outer, _), (inner, number) = both(tree, values), both(other, values)
    try:
        expected = plain(tree, {**values, "x": number})
        result = algebra.substitute(outer, {"x": inner})
    except ZeroDivisionError:
        assume(False)
        raise
    assert evaluate_term(result, values) == expected


@settings(max_examples=120, deadline=None)
@given(TREES, _values())
def test_putting_all_numbers_in_leaves_no_symbol(tree: Tree, values: dict[str, Fraction]) -> None:
    term, number = both(tree, values)
    try:
        result = algebra.substitute(term, values)
    except ZeroDivisionError:
        assume(False)
        raise
    assert symbols(result) == ()
    assert algebra.constant_of(result) == number


@settings(max_examples=120, deadline=None)
@given(TREES, _values())
def test_the_text_of_a_term_means_the_term(tree: Tree, values: dict[str, Fraction]) -> None:
    term, number = both(tree, values)
    assert _computed(ast.parse(algebra.text(term), mode="eval").body, values) == number


def _computed(node: ast.expr, values: dict[str, Fraction]) -> Fraction:
    """Compute what a Python expression comes to, with fractions."""
    if isinstance(node, ast.Constant):
        assert isinstance(node.value, int)
        return Fraction(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.UnaryOp):
        return -_computed(node.operand, values)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        functions: dict[str, Callable[..., Any]] = {
            "ceil": math.ceil, "floor": math.floor, "min": min, "max": max, "round": round, "truncate": math.trunc,
            "add": PLAIN["add"], "multiply": PLAIN["multiply"], "power": lambda a, b: a ** int(b),
        }  # fmt: skip
        return Fraction(functions[node.func.id](*[_computed(argument, values) for argument in node.args]))
    assert isinstance(node, ast.BinOp)
    left, right = _computed(node.left, values), _computed(node.right, values)
    if isinstance(node.op, ast.Pow):
        return Fraction(left ** int(right))
    names = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
    return PLAIN[names[type(node.op)]](left, right)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_terms_survive_a_change_of_process(tree: Tree) -> None:
    try:
        term = symbolic(tree)
    except ZeroDivisionError:
        assume(False)
        raise
    copy = pickle.loads(pickle.dumps(term))
    assert copy == term
    assert hash(copy) == hash(term)
    assert algebra.text(copy) == algebra.text(term)
