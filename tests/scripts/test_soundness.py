"""Whatever the reader claims to know about a program is true when the program runs."""

from __future__ import annotations

import ast
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import programs, run

from epochlint.expressions import algebra
from epochlint.expressions.values import UNKNOWN, Known, OneOf, Symbolic, Value
from epochlint.scripts.apis import Apis
from epochlint.scripts.facts import Number, Script
from epochlint.scripts.reading import read_script
from epochlint.sources.documents import Document


def read(source: str) -> Script:
    document = Document("program.py", "python", source, tree=ast.parse(source))
    return read_script(document, Apis(), lambda _name, _beside: None)


def admits(value: Value, actual: object, unknowns: dict[str, int]) -> bool:
    """Tell whether a value the reader gives admits what really came."""
    if isinstance(value, Known):
        return type(value.value) is type(actual) and value.value == actual
    if isinstance(value, OneOf):
        return any(type(one.value) is type(actual) and one.value == actual for one in value.alternatives)
    if isinstance(value, Symbolic):
        if not isinstance(actual, int | float):
            return False
        try:
            return algebra.evaluate_term(
                value.term, {name: Fraction(one) for name, one in unknowns.items()}
            ) == Fraction(actual)
        except (KeyError, ZeroDivisionError, ValueError):
            return True
    return True


def check(source: str, values: list[int]) -> None:
    script = read(source)
    claims: dict[int, list[tuple[Value, str]]] = {}
    for call in script.calls:
        if call.callee == "library.probe":
            named, thing = (argument.thing for argument in call.arguments)
            if isinstance(named, Number) and isinstance(named.value, Known):
                claim = (thing.value, thing.python_type) if isinstance(thing, Number) else (UNKNOWN, "")
                claims.setdefault(int(named.value.value), []).append(claim)  # type: ignore[arg-type]
    unknowns = {f"unknown({index})": values[index % len(values)] for index in range(200)}
    for number, actual in run(source, values):
        made = claims.get(number)
        if made is None:
            continue
        assert any(admits(value, actual, unknowns) for value, _ in made), (number, actual, made, source)
        assert any(not kind or kind == type(actual).__name__ for _, kind in made), (number, actual, made, source)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(st.integers(-2, 9), min_size=7, max_size=7))
def test_every_known_value_is_true(source: str, values: list[int]) -> None:
    check(source, values)


@pytest.mark.everything
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(st.integers(-2, 9), min_size=7, max_size=7))
def test_every_known_value_is_true_of_many_programs(source: str, values: list[int]) -> None:
    check(source, values)
