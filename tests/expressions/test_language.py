"""Parsing and printing of expressions."""

from __future__ import annotations

import marshal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.expressions.algebra import symbol
from epochlint.expressions.language import (
    Expression,
    ExpressionError,
    functions,
    names,
    names_in_order,
    parse,
    show,
    substitute_text,
)
from epochlint.expressions.values import UNKNOWN, Alternative, Known, OneOf, Symbolic, Value

Tree = tuple[Any, ...]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("8", ("value", 8)),
        ("-8", ("value", -8)),
        ("1e-4", ("value", 1e-4)),
        ("'steps'", ("value", "steps")),
        ("true", ("value", True)),
        ("False", ("value", False)),
        ("null", ("value", None)),
        ("None", ("value", None)),
        ("max_steps", ("name", "max_steps")),
        ("trainer.train_dataset.length", ("name", "trainer.train_dataset.length")),
        ("a // b % c", ("%", ("//", ("name", "a"), ("name", "b")), ("name", "c"))),
        ("-a ** 2", ("negate", ("**", ("name", "a"), ("value", 2)))),
        ("0 < a <= b", ("compare", ("value", 0), "<", ("name", "a"), "<=", ("name", "b"))),
        ("a not in ('x', 'y')", ("compare", ("name", "a"), "not in", ("list", ("value", "x"), ("value", "y")))),
        ("a is not None", ("is not none", ("name", "a"))),
        ("a is null", ("is none", ("name", "a"))),
        ("a and not b or c", ("or", ("and", ("name", "a"), ("not", ("name", "b"))), ("name", "c"))),
        ("a if b else c", ("if", ("name", "b"), ("name", "a"), ("name", "c"))),
        ("[a, 1][-1]", ("item", ("list", ("name", "a"), ("value", 1)), -1)),
        ("ceil(a)", ("call", "ceil", ("name", "a"))),
        ("given(a.b)", ("call", "given", ("name", "a.b"))),
        ("(a\n  + b)", ("+", ("name", "a"), ("name", "b"))),
        ("a\n  + b", ("+", ("name", "a"), ("name", "b"))),
        ("'#' in a", ("compare", ("value", "#"), "in", ("name", "a"))),
    ],
)
def test_what_is_in_the_language(text: str, tree: Tree) -> None:
    expression = parse(text)
    assert expression == Expression(text, tree)
    assert marshal.loads(marshal.dumps(expression.tree)) == tree


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("", 1, "no expression"),
        ("   ", 1, "no expression"),
        ("a +", 4, "invalid syntax"),
        ("a + + b", 5, "+ is not allowed"),
        ("  a + (b @ c)", 8, "@ is not allowed"),
        ("'é' in [x for x in y]", 8, "a loop is not allowed"),
        ("lambda: 1", 1, "a lambda"),
        ("(a := 1)", 2, "an assignment"),
        ("f'{a}'", 1, "an f-string"),
        ("f(*a)", 3, "a star"),
        ("f(a=1)", 3, "arguments have no names"),
        ("a.b(1)", 1, "only functions can be called"),
        ("f(1).b", 1, "a dot may only stand in a name"),
        ("a[b]", 3, "an index is a whole number"),
        ("a[0:1]", 3, "an index is a whole number"),
        ("a[True]", 3, "an index is a whole number"),
        ("a is True", 6, "only ask for None"),
        ("a is None is b", 6, "only ask for None"),
        ("1j", 1, "complex"),
        ("b'a'", 1, "bytes"),
        ("...", 1, "ellipsis"),
        ("{1: 2}", 1, "a dict"),
        ("1 << 2", 1, "<< is not allowed"),
        ("ceil()", 1, "ceil takes 1 argument, not 0"),
        ("a + round(a, 1, 2)", 5, "round takes 1 to 2 arguments, not 3"),
        ("a # b", 3, "comments"),
        ("a = 1", 3, "invalid syntax"),
        ("import os", 1, "invalid syntax"),
        ("'a", 1, "unterminated"),
        ("'\\d'", 1, "invalid escape"),
        ("a\0b", None, "no expression"),
        ("9" * 2_000, 1, "too large"),
        ("x" * 5_000, 4_000, "at most 4,000 characters"),
        ("(" * 500 + "1" + ")" * 500, None, "no expression"),
        ("1" + "+1" * 80, None, "nested"),
        ("-" * 100 + "a", None, "nested"),
        ("[" + "1," * 1_500 + "]", None, "parts"),
    ],
)
def test_what_is_not_has_a_column(text: str, column: int | None, told: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert told in caught.value.message
    assert 1 <= caught.value.column <= len(text) + 1
    if column is not None:
        assert caught.value.column == column


def test_the_place_stands_before_the_message() -> None:
    with pytest.raises(ExpressionError, match=r"^rules/a\.yaml: column 3: "):
        parse("a ? b", where="rules/a.yaml")


@given(st.text(max_size=60) | st.text(alphabet="ab.()[]+-*/%<>=!'\"#,:0123456789 \n\\innotadorsfel", max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_an_expression_or_an_error_with_a_column(text: str) -> None:
    column = 1
    try:
        expression = parse(text)
    except ExpressionError as error:
        column = error.column
    else:
        assert parse(show(expression.tree)).tree == expression.tree
    assert 1 <= column <= len(text) + 1


def test_names_and_functions() -> None:
    expression = parse("ceil(b / a.c) if given(d) and b > 0 else max(a, b)")
    assert names(expression) == {"a", "a.c", "b", "d"}
    assert names_in_order(expression) == ("d", "b", "a.c", "a") or set(names_in_order(expression)) == names(expression)
    assert functions(expression) == {"ceil", "given", "max"}


NAMES = st.sampled_from(["a", "b", "train_dataset.length"])


def _larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**"])
    comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "in", "not in"])
    return st.one_of(
        st.tuples(signs, inner, inner),
        st.tuples(st.just("compare"), inner, comparisons, inner),
        st.tuples(st.just("compare"), inner, comparisons, inner, comparisons, inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.sampled_from(["not", "is none", "is not none"]), inner),
        st.tuples(st.just("negate"), NAMES.map(lambda name: ("name", name))),
        st.tuples(st.just("if"), inner, inner, inner),
        st.tuples(st.just("call"), st.just("ceil"), inner),
        st.tuples(st.just("list"), inner, inner),
        st.tuples(st.just("item"), inner.filter(lambda tree: tree[0] in ("list", "name", "call")), st.integers(-3, 3)),
    )


TREES: st.SearchStrategy[Tree] = st.recursive(
    st.one_of(
        NAMES.map(lambda name: ("name", name)),
        st.one_of(
            st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.text(st.characters(codec="utf-8"))
        ).map(lambda value: ("value", value)),
    ),
    _larger,
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_what_is_shown_parses_to_the_same(tree: Tree) -> None:
    again = parse(show(tree)).tree
    assert repr(again) == repr(tree)  # repr, as 1 == 1.0 == True


def test_show_writes_no_more_parentheses_than_needed() -> None:
    for text in (
        "max(1, ceil(a / (8 * b)))",
        "a - (b - c)",
        "(a + b) * c",
        "not (a and b)",
        "(a if b else c) + 1",
        "(-2) ** 2",
    ):
        assert show(parse(text).tree) == text


# --- numbers in place of names ---------------------------------------------------------------------------------------

KNOWN: dict[str, Value] = {
    "dataset_size": Known(50_000),
    "micro_batch_size": Known(8),
    "accumulation": Known(4),
    "lr": Known(5e-05),
    "offset": Known(-3),
    "epochs": Known(3.0),
    "drop_last": Known(False),
    "strategy": Known("steps"),
    "world_size": Symbolic(symbol("world_size", None, 1, None, True)),
    "one_of": OneOf((Alternative(8), Alternative(16))),
}


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("ceil(dataset_size / (micro_batch_size * accumulation * 2))", "ceil(50,000 / (8 × 4 × 2))"),
        ("dataset_size * lr", "50,000 × 5e-05"),
        ("dataset_size - offset", "50,000 - -3"),
        ("offset ** 2", "(-3) ** 2"),
        ("epochs * 2", "3 × 2"),
        ("dataset_size / world_size", "50,000 / world_size"),
        ("unknown_name + 1", "unknown_name + 1"),
        ("one_of * 2", "(8 or 16) × 2"),
        ("floor(dataset_size / 8) if drop_last else ceil(dataset_size / 8)", "ceil(50,000 / 8)"),
        ("1 if unknown_name else dataset_size", "1 if unknown_name else 50,000"),
        ('strategy == "steps"', '"steps" == "steps"'),
        ("dataset_size if given(dataset_size) else 1", "50,000 if given(dataset_size) else 1"),
        ("dataset_size", "50,000"),
    ],
)
def test_numbers_in_place_of_names(formula: str, shown: str) -> None:
    assert substitute_text(parse(formula), lambda name: KNOWN.get(name, UNKNOWN)) == shown


def test_a_symbolic_sum_keeps_its_parentheses() -> None:
    from epochlint.expressions import algebra

    size = algebra.symbol("n", None, 1, None, True)
    values: dict[str, Value] = {
        "a": Symbolic(algebra.add(size, algebra.constant(1))),
        "b": Symbolic(algebra.ceil(algebra.divide(size, algebra.constant(8)))),
    }
    assert substitute_text(parse("a * b"), values.__getitem__) == "(n + 1) × ceil(n / 8)"
