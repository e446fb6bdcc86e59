"""A rule must not be able to fire without a name that it is said to need."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.expressions.evaluate import evaluate, truth
from epochlint.expressions.language import parse
from epochlint.expressions.values import FALSE, TRUE, UNKNOWN, Known, Value
from epochlint.knowledge.catalogue import Formula
from epochlint.knowledge.needs import needs_of

NAMES = ("a", "b", "c", "d")
ATOMS = st.sampled_from([*NAMES, "private", "0", "1", "3"])
NUMBERS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*"]), inner)
        | st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner)
        | st.builds("abs({})".format, inner)
        | st.builds("({} if {} > 1 else {})".format, inner, inner, inner)
    ),
    max_leaves=5,
)
CONDITIONS = st.recursive(
    st.builds("({} {} {})".format, NUMBERS, st.sampled_from(["<", ">=", "==", "!="]), NUMBERS)
    | st.builds("({} < {} < {})".format, NUMBERS, NUMBERS, NUMBERS)
    | st.builds("given({})".format, st.sampled_from(NAMES))
    | st.builds("known({})".format, NUMBERS)
    | st.builds("({} in (1, 2))".format, NUMBERS)
    | st.builds("({} is None)".format, st.sampled_from(NAMES)),
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(CONDITIONS, NUMBERS, st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_no_condition_holds_without_what_it_needs(condition: str, private: str, numbers: list[int]) -> None:
    private = private.replace("private", "2")
    let = Formula("private", parse(private))
    parsed = parse(condition)
    for missing in needs_of(parsed, (let,)):
        values: dict[str, Value] = dict(zip(NAMES, map(Known, numbers), strict=True))
        del values[missing]

        def lookup(name: str, values: dict[str, Value] = values) -> Value:
            if name == "private":
                return evaluate(let.expression, lambda inner: values.get(inner, UNKNOWN), {})
            return values.get(name, UNKNOWN)

        def is_given(name: str, values: dict[str, Value] = values) -> Value:
            return TRUE if name in values else FALSE

        assert truth(evaluate(parsed, lookup, {"given": is_given})) is not True
