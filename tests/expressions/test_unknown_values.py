"""Unknown is a value: what is certain although something is not known, and what is missing where it is not."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.expressions import algebra
from epochlint.expressions.algebra import symbol
from epochlint.expressions.evaluate import bounds_of, evaluate, join, missing_of, text_of, truth
from epochlint.expressions.language import parse, substitute_text
from epochlint.expressions.trees import FUNCTIONS
from epochlint.expressions.units import parse_unit
from epochlint.expressions.values import Alternative, Known, OneOf, Symbolic, Unknown, Value

WORLD_SIZE = Symbolic(symbol("world_size", parse_unit("processes"), 1, None, True))
DATASET_SIZE = Symbolic(symbol("dataset_size", parse_unit("samples"), 1, None, True))


def ask(text: str, **values: Value) -> Value:
    return evaluate(parse(text), lambda name: values.get(name, Unknown("", (name,))))


def choices(*alternatives: tuple[Any, str]) -> OneOf:
    return OneOf(tuple(Alternative(value, when) for value, when in alternatives))


# --- three-valued logic ----------------------------------------------------------------------------------------------

TRUTHS: dict[str, Value] = {"t": Known(True), "f": Known(False), "u": Unknown("nobody knows", ("x",))}

AND = {"tt": True, "tf": False, "tu": None, "ft": False, "ff": False, "fu": False, "ut": None, "uf": False, "uu": None}
OR = {"tt": True, "tf": True, "tu": True, "ft": True, "ff": False, "fu": None, "ut": True, "uf": None, "uu": None}


@pytest.mark.parametrize("pair", sorted(AND))
def test_and_or_not(pair: str) -> None:
    a, b = TRUTHS[pair[0]], TRUTHS[pair[1]]
    assert truth(ask("a and b", a=a, b=b)) is AND[pair]
    assert truth(ask("a or b", a=a, b=b)) is OR[pair]
    assert truth(ask("not a", a=a)) is {"t": False, "f": True, "u": None}[pair[0]]
    assert truth(ask("all([a, b])", a=a, b=b)) is AND[pair]
    assert truth(ask("any([a, b])", a=a, b=b)) is OR[pair]
    assert truth(ask("not (a and b)", a=a, b=b)) is truth(ask("not a or not b", a=a, b=b))


def test_unknown_goes_through_everything_and_keeps_what_is_missing() -> None:
    value = ask("ceil(b / 8) + max(a, 1) - c", c=Unknown("it is read from the environment", ("c",)))
    assert value == Unknown("it is read from the environment", ("b", "a", "c"))
    assert ask("x", x=Unknown("why")) == Unknown("why", ("x",))
    assert missing_of(ask("a + world_size", world_size=WORLD_SIZE)) == ("a", "world_size")
    assert missing_of(ask("a and b and world_size > 4", world_size=WORLD_SIZE)) == ("a", "b", "world_size")


def test_a_default_for_what_is_not_known_is_not_known() -> None:
    assert ask("a or 8") == Unknown("", ("a",))
    assert isinstance(ask("(a or 8) * 2"), Unknown)
    assert truth(ask("a and 0")) is False
    assert ask("(a and 0) == 0") == Known(True)
    assert truth(ask("(a and null) is None")) is None
    assert truth(ask("not (a and null)")) is True


def test_a_chain_fails_as_soon_as_one_link_does() -> None:
    assert ask("1 < a < 0") == Unknown("", ("a",))
    assert ask("a < 1 < 0") == Known(False)


def test_must_and_may_are_never_unknown() -> None:
    assert ask("must(a)") == Known(False)
    assert ask("may(a)") == Known(True)
    assert ask("not must(world_size > 0)", world_size=WORLD_SIZE) == Known(False)


def test_unknown_things_have_an_unknown_kind() -> None:
    assert truth(ask("kind(a) == 'int'")) is None
    assert ask("known(a)") == Known(False)
    assert ask("compare(a, 1)") == Known("unknown")
    assert truth(ask("a is None")) is None
    assert truth(ask("a == 3")) is None


def test_a_list_of_which_some_is_known() -> None:
    assert ask("3 in [a, 3]") == Known(True)
    assert truth(ask("3 in [a, 4]")) is None
    assert ask("any([a, 1] > 0)") == Known(True)
    assert ask("len([a, 1])") == Known(2)
    assert ask("[a, 1][1]") == Known(1)
    assert ask("[a, 1]") == Unknown("", ("a",))
    assert ask("[a, 1] == [2]") == Known(False)
    assert missing_of(ask("sum([a, 1, b])")) == ("a", "b")
    assert missing_of(ask("count([a, 1], 1)")) == ("a",)


# --- symbols ---------------------------------------------------------------------------------------------------------


def test_bounds_decide_comparisons() -> None:
    steps = "ceil(ceil(568 / 8) / world_size)"
    assert ask(f"{steps} <= 71", world_size=WORLD_SIZE) == Known(True)
    assert ask(f"{steps} > 500", world_size=WORLD_SIZE) == Known(False)
    assert ask(f"{steps} > 60", world_size=WORLD_SIZE) == Unknown("", ("world_size",))
    assert ask("world_size == 0", world_size=WORLD_SIZE) == Known(False)
    assert ask("world_size != 0.5", world_size=WORLD_SIZE) == Known(True)
    assert ask("world_size", world_size=WORLD_SIZE) == WORLD_SIZE
    assert truth(WORLD_SIZE) is True


def test_what_cancels_needs_not_be_known() -> None:
    assert ask("dataset_size * 3 / dataset_size", dataset_size=DATASET_SIZE) == Known(3)
    assert ask("dataset_size % 8 < 8", dataset_size=DATASET_SIZE) == Known(True)
    assert ask("dataset_size // 8 * 8 + dataset_size % 8 == dataset_size", dataset_size=DATASET_SIZE) == Known(True)
    assert ask("dataset_size - dataset_size", dataset_size=DATASET_SIZE) == Known(0)
    assert ask("divides(8, 16 * dataset_size)", dataset_size=DATASET_SIZE) == Known(True)
    assert ask("divides(8, 16 * dataset_size + 4)", dataset_size=DATASET_SIZE) == Known(False)
    assert truth(ask("divides(8, dataset_size)", dataset_size=DATASET_SIZE)) is None


def test_only_what_the_difference_depends_on_is_missing() -> None:
    value = ask("dataset_size + world_size > dataset_size + 4", dataset_size=DATASET_SIZE, world_size=WORLD_SIZE)
    assert value == Unknown("", ("world_size",))


def test_floats_enter_the_algebra_as_the_decimals_they_are() -> None:
    assert ask("0.1 * n * 10 == n", n=DATASET_SIZE) == Known(True)
    assert text_of(ask("int(0.8 * n)", n=DATASET_SIZE)) == "floor(4 * dataset_size / 5)"


def test_functions_of_symbols() -> None:
    assert text_of(ask("max(1, floor(n / 8))", n=DATASET_SIZE)) == "max(1, floor(dataset_size / 8))"
    assert ask("max(1, ceil(n / 8)) == ceil(n / 8)", n=DATASET_SIZE) == Known(True)
    assert ask("min([n, 10]) <= 10", n=DATASET_SIZE) == Known(True)
    assert ask("abs(-n) == n", n=DATASET_SIZE) == Known(True)
    assert ask("round(n) == n", n=DATASET_SIZE) == Known(True)
    assert ask("float(n) == n", n=DATASET_SIZE) == Known(True)
    assert ask("sum([n, n]) == 2 * n", n=DATASET_SIZE) == Known(True)
    assert truth(ask("round(n / 3, 2) < n", n=DATASET_SIZE)) in (None, True)
    assert ask("n ** 2 >= n", n=DATASET_SIZE) == Known(True)
    assert missing_of(ask("2 ** n", n=DATASET_SIZE)) == ("dataset_size",)
    assert missing_of(ask("gcd(n, 8)", n=DATASET_SIZE)) == ("dataset_size",)
    assert ask("n / 0", n=DATASET_SIZE) == Unknown("division by zero")
    assert ask("n % 0", n=DATASET_SIZE) == Unknown("division by zero")


def test_a_symbol_with_a_unit_or_bounds_is_a_number() -> None:
    assert ask("n is None", n=DATASET_SIZE) == Known(False)
    assert ask("n == 'auto'", n=DATASET_SIZE) == Known(False)
    assert ask("kind(n) == 'str'", n=DATASET_SIZE) == Known(False)
    assert truth(ask("kind(n) == 'int'", n=DATASET_SIZE)) is None
    assert missing_of(ask("kind(n) == 'int'", n=DATASET_SIZE)) == ("dataset_size",)
    assert isinstance(ask("n + 'auto'", n=DATASET_SIZE), Unknown)
    assert isinstance(ask("n < 'auto'", n=DATASET_SIZE), Unknown)


def test_a_bare_symbol_may_stand_for_anything() -> None:
    bare = Symbolic(symbol("args.limit"))
    assert ask("n is None", n=bare) == Unknown("", ("args.limit",))
    assert truth(ask("n == 'auto'", n=bare)) is None
    assert truth(ask("kind(n) == 'str'", n=bare)) is None
    assert truth(ask("n or 0", n=bare)) is None
    assert ask("2 * n is None", n=bare) == Known(False)


def test_compare_and_ratio() -> None:
    assert ask("compare(n * 8, n)", n=DATASET_SIZE) == Known("factor")
    assert ask("compare(n, w)", n=DATASET_SIZE, w=WORLD_SIZE) == Known("unknown")
    assert ask("compare(n, n + 1)", n=DATASET_SIZE) == Known("different")
    assert ask("compare(n, 'auto')", n=DATASET_SIZE) == Known("different")
    assert ask("ratio(n * 8, n)", n=DATASET_SIZE) == Known(8)
    assert ask("ratio(n * w, n)", n=DATASET_SIZE, w=WORLD_SIZE) == WORLD_SIZE
    assert isinstance(ask("ratio(n + 1, n)", n=DATASET_SIZE), Unknown)


def test_endless_and_not_known() -> None:
    endless = Known(math.inf)
    assert ask("min(e, n)", e=endless, n=DATASET_SIZE) == DATASET_SIZE
    assert ask("max(e, n)", e=endless, n=DATASET_SIZE) == endless
    assert ask("n < e", e=endless, n=DATASET_SIZE) == Known(True)
    assert ask("n == e", e=endless, n=DATASET_SIZE) == Known(False)
    assert ask("n + e", e=endless, n=DATASET_SIZE) == endless
    assert ask("n - e", e=endless, n=DATASET_SIZE) == Known(-math.inf)
    assert ask("n / e", e=endless, n=DATASET_SIZE) == Known(0.0)
    assert ask("e / n", e=endless, n=DATASET_SIZE) == endless
    assert isinstance(ask("e % n", e=endless, n=DATASET_SIZE), Unknown)
    assert isinstance(ask("e * m", e=endless, m=Symbolic(symbol("m", None, 0))), Unknown)


# Whatever is decided although n and w are not known must hold for all values they can have.
FORMULAS = st.recursive(
    st.sampled_from(["n", "w", "1", "2", "8", "3", "n // 8", "n % w", "ceil(n / w)", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "//", "%"]), inner, inner).map(lambda x: f"({x[1]} {x[0]} {x[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda x: f"{x[0]}({x[1]}, {x[2]})"),
        st.tuples(inner, inner, inner, inner).map(lambda x: f"({x[0]} if {x[1]} < {x[2]} else {x[3]})"),
    ),
    max_leaves=6,
)
CONDITIONS = st.tuples(FORMULAS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), FORMULAS).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(CONDITIONS, CONDITIONS, st.integers(1, 80), st.integers(1, 9))
def test_what_is_decided_holds_for_every_value(first: str, second: str, n: int, w: int) -> None:
    symbolic: dict[str, Value] = {"n": DATASET_SIZE, "w": WORLD_SIZE}
    exact: dict[str, Value] = {"n": Known(n), "w": Known(w)}
    for text in (first, f"{first} and {second}", f"{first} or not {second}", f"({first}) == ({second})"):
        decided = ask(text, **symbolic)
        actual = ask(text, **exact)
        if isinstance(actual, Known):  # else it divides by zero
            assert truth(decided) in (None, truth(actual)), text
            if isinstance(decided, OneOf):
                assert actual.value in [one.value for one in decided.alternatives]


@settings(max_examples=150, deadline=None)
@given(FORMULAS, st.integers(1, 80), st.integers(1, 9))
def test_a_symbolic_result_is_the_result(text: str, n: int, w: int) -> None:
    actual = ask(text, n=Known(n), w=Known(w))
    value = ask(text, n=DATASET_SIZE, w=WORLD_SIZE)
    if isinstance(actual, Known) and isinstance(value, Symbolic):
        assert isinstance(actual.value, int | float)
        exact = algebra.evaluate_term(value.term, {"dataset_size": n, "world_size": w})
        assert exact == Fraction(actual.value)
        low, high = bounds_of(value) or (None, None)
        assert low is None or low <= exact
        assert high is None or exact <= high


# --- alternatives ----------------------------------------------------------------------------------------------------


def test_alternatives_are_tried_one_by_one() -> None:
    batch = choices((8, "a"), (16, "b"))
    assert ask("batch * 4", batch=batch) == choices((32, "a"), (64, "b"))
    assert ask("batch > 4", batch=batch) == Known(True)
    assert ask("batch > 8", batch=batch) == choices((False, "a"), (True, "b"))
    assert truth(ask("batch > 8", batch=batch)) is None
    assert ask("min(batch, 8)", batch=batch) == Known(8)
    assert ask("batch - batch", batch=batch) == Known(0)
    assert ask("batch if batch > 8 else 9", batch=batch) == choices((9, "a"), (16, "b"))


def test_kinds_of_alternatives_stay_apart() -> None:
    assert ask("x", x=choices((1, ""), (1.0, ""))) == choices((1, ""), (1.0, ""))
    assert ask("x == 1", x=choices((1, ""), (1.0, ""))) == Known(True)
    assert ask("kind(x)", x=choices((1, "a"), (None, "b"))) == choices(("int", "a"), ("none", "b"))


def test_independent_alternatives_combine() -> None:
    value = ask("x + y", x=choices((1, "a"), (2, "b")), y=choices((10, "c"), (20, "d")))
    assert value == choices((11, "a and c"), (21, "a and d"), (12, "b and c"), (22, "b and d"))


def test_values_of_one_branch_stay_together() -> None:
    batch, accumulation = choices((8, "big"), (16, "not (big)")), choices((4, "big"), (2, "not (big)"))
    assert ask("batch * accumulation", batch=batch, accumulation=accumulation) == Known(32)
    inner = choices((1, "big and fast"), (2, "big and not (fast)"), (3, "not (big)"))
    assert ask("batch + inner", batch=batch, inner=inner) == choices(
        (9, "big and fast"), (10, "big and not (fast)"), (19, "not (big)")
    )


def test_too_many_combinations_are_unknown() -> None:
    many = {name: choices(*[(number, "") for number in range(5)]) for name in "abc"}
    value = ask("a + b * 10 + c * 100", **many)
    assert isinstance(value, Unknown)
    assert "16" in value.reason
    assert ask("a < 9 or b < 9 or c < 9", **many) == Known(True)  # one of them is enough to decide
    assert isinstance(ask("x", x=choices(*[(number, "") for number in range(17)])), Unknown)
    assert isinstance(ask("x", x=choices(*[(number, "") for number in range(16)])), OneOf)


def test_a_conditional_that_is_not_decided_is_one_of_its_sides() -> None:
    assert ask("8 if a else 16") == choices((8, "a"), (16, "not (a)"))
    assert ask("8 if a else 8") == Known(8)
    assert ask("(8 if a else 16) > 4") == Known(True)
    assert ask("(8 if a else 16) > 8") == Unknown("", ("a",))
    assert ask("(1 if a else 2) * (1 if a else 2)") == choices((1, "a"), (4, "not (a)"))
    assert ask("(n if a else n + 1) > 0", n=DATASET_SIZE) == Known(True)
    assert ask("n if a else n", n=DATASET_SIZE) == DATASET_SIZE
    value = ask("n if a else 8", n=DATASET_SIZE)
    assert isinstance(value, Unknown)
    assert value.missing == ("a", "dataset_size")


def test_special_functions_may_have_alternatives_too() -> None:
    special: dict[str, Callable[..., Value]] = {"asked": lambda _: choices((1, "a"), (2, "b"))}
    value = evaluate(parse("asked(x) - asked(x)"), lambda _: Unknown(), special)
    assert value == Known(0)


def test_join() -> None:
    assert join((Known(8), Known(8))) == Known(8)
    assert join((Known(8), Known(16))) == choices((8, ""), (16, ""))
    assert join((Known(8), choices((16, "a"), (8, "b")))) == choices((8, ""), (16, "a"))
    assert join((Known(8), Known(16)), ("a", "b")) == choices((8, "a"), (16, "b"))
    assert join((DATASET_SIZE, DATASET_SIZE)) == DATASET_SIZE
    assert join((Known(1), Unknown("why", ("x",)))) == Unknown("why", ("x",))
    assert missing_of(join((Known(1), WORLD_SIZE))) == ("world_size",)
    assert join(()) == Unknown()
    assert isinstance(join(tuple(Known(number) for number in range(17))), Unknown)


# --- anything goes ---------------------------------------------------------------------------------------------------

VALUES: dict[str, Value] = {
    "a": Known(8),
    "b": Known(0.5),
    "c": Known("steps"),
    "d": Known(None),
    "e": Known((30, 60)),
    "f": Known(math.inf),
    "g": DATASET_SIZE,
    "h": Symbolic(symbol("args.limit")),
    "i": Unknown("why", ("x",)),
    "j": choices((8, "p"), ("auto", "not (p)")),
    "k": choices((None, ""), (4, "")),
    "l": OneOf(()),
}
ANYTHING = st.recursive(
    st.sampled_from([*VALUES, "1", "0", "'steps'", "null", "true", "[]", "[g, 1]"]),
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<", "<=", "==", "!=", "in", "and", "or"]),
            inner,
        ).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner, inner).map(
            lambda parts: f"{parts[0]}({', '.join(parts[1 : 1 + FUNCTIONS[parts[0]][0]])})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        inner.map(lambda part: f"(not {part})"),
        inner.map(lambda part: f"(-{part})"),
        inner.map(lambda part: f"({part} is None)"),
        inner.map(lambda part: f"({part})[0]"),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(ANYTHING)
def test_whatever_is_asked_there_is_a_value(text: str) -> None:
    value = ask(text, **VALUES)
    assert isinstance(value, Known | OneOf | Symbolic | Unknown)
    assert truth(value) in (True, False, None)
    assert isinstance(text_of(value), str)
    assert all(isinstance(name, str) for name in missing_of(value))
    assert bounds_of(value) is None or len(bounds_of(value) or ()) == 2
    assert isinstance(substitute_text(parse(text), VALUES.__getitem__), str)


# --- what a value tells ----------------------------------------------------------------------------------------------


def test_truth() -> None:
    assert truth(Known(0)) is False
    assert truth(Known("a")) is True
    assert truth(Known((False, True))) is None  # what comes of `list > number` needs any() or all()
    assert truth(Known((0, 5))) is True
    assert truth(Known(())) is False
    assert truth(choices((1, ""), (2, ""))) is True
    assert truth(choices((1, ""), (0, ""))) is None
    assert truth(Symbolic(symbol("n", None, 0, None, True))) is None
    assert truth(Unknown()) is None


def test_bounds() -> None:
    assert bounds_of(Known(3)) == (3, 3)
    assert bounds_of(Known(0.5)) == (0.5, 0.5)
    assert bounds_of(Known("a")) is None
    assert bounds_of(Known(math.nan)) is None
    assert bounds_of(choices((3, ""), (1, ""))) == (1, 3)
    assert bounds_of(choices((3, ""), ("a", ""))) is None
    assert bounds_of(WORLD_SIZE) == (1, None)
    assert bounds_of(Unknown()) is None
    third = bounds_of(Symbolic(symbol("s", None, Fraction(1, 3), Fraction(2, 3))))
    assert third is not None
    low, high = third
    assert low is not None
    assert Fraction(low) <= Fraction(1, 3)
    assert high is not None
    assert Fraction(high) >= Fraction(2, 3)


def test_missing() -> None:
    assert missing_of(Known(3)) == ()
    assert missing_of(ask("n / w", n=DATASET_SIZE, w=WORLD_SIZE)) == ("dataset_size", "world_size")


def test_texts() -> None:
    assert text_of(choices((8, ""), (16, ""), (1000, ""))) == "8, 16 or 1,000"
    assert text_of(choices(*[(number, "") for number in range(9)])) == "one of 0, 1, 2, 3, 4, 5, 6, 7, …"
    assert text_of(Unknown("why")) == "unknown"
    assert text_of(ask("ceil(n / 8)", n=DATASET_SIZE)) == "ceil(dataset_size / 8)"


def test_operators_are_those_of_python() -> None:
    """The table of the reference: each sign on a symbol that has one value only."""
    one = Symbolic(symbol("one", None, 7, 7, True))
    for sign, function in {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
        "==": operator.eq,
        "!=": operator.ne,
    }.items():
        for number in (6, 7, 8, 6.5, math.inf):
            assert ask(f"one {sign} x", one=one, x=Known(number)) == Known(function(7, number))
