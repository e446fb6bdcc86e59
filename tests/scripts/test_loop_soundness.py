"""What the reader says about training loops is what happens when they run: steps, micro-batches, ticks, calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_programs import LoopWriter, run
from reading_scripts import read_all

from epochlint.expressions.values import Known, Value


@st.composite
def loops(draw: Any) -> str:
    return LoopWriter(lambda count: draw(st.integers(0, count - 1))).program()


def known(value: Value | None) -> object:
    return value.value if isinstance(value, Known) else None


def check(source: str, decisions: list[bool]) -> None:
    reading = read_all(source, "train.py", {})
    counts = run(source, decisions)
    if counts is None or ("def train" in source and "\ntrain()" not in source):
        return
    script = reading.script
    for loop in script.training_loops:
        for claimed, name in ((loop.steps, "opt.step"), (loop.micro_batches, "backward")):
            if name == "backward" and "backward" not in source:
                continue
            assert known(claimed) in (None, counts[name]), (name, claimed, counts, source)
        uses = list(loop.schedulers)
        if len(uses) == 1 and source.count("sched.step()") == 1:
            assert known(uses[0].ticks) in (None, counts["sched.step"]), (uses, counts, source)
    for call in script.calls:
        method = call.callee.rpartition(".")[2]
        if method.startswith("mark_"):
            assert known(call.runs) in (None, counts[method]), (call.callee, call.runs, counts, source)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(loops(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_counts_are_true(source: str, decisions: list[bool]) -> None:
    check(source, decisions)


@pytest.mark.everything
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
@given(loops(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_counts_of_many_loops_are_true(source: str, decisions: list[bool]) -> None:
    check(source, decisions)
