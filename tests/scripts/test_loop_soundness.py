"""What the reader says about training loops is what happens when they run: steps, micro-batches, ticks, calls."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from loop_programs import LoopWriter, run

from epochlint.expressions.values import Known, Value


@st.composite
def loops(draw: Any) -> str:
    return LoopWriter(lambda count: draw(st.integers(0, count - 1))).program()


def known(value: Value | None) -> object:
    return value.value if isinstance(value, Known) else None


def check(source: str, decisions: list[bool], read_all: Any) -> None:
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
        uses = [use for use in loop.schedulers]
        if len(uses) == 1 and source.count("sched.step()") == 1:
            assert known(uses[0].ticks) in (None, counts["sched.step"]), (uses, counts, source)
    for call in script.calls:
        method = call.callee.rpartition(".")[2]
        if method.startswith("mark_"):
            assert known(call.runs) in (None, counts[method]), (call.callee, call.runs, counts, source)


@pytest.fixture
def whole(request: Any) -> Any:
    from importlib import util

    spec = util.spec_from_file_location("scripts_conftest", Path(__file__).parent / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.read_all


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(loops(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_counts_are_true(whole: Any, source: str, decisions: list[bool]) -> None:
    check(source, decisions, whole)


@pytest.mark.everything
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
@given(loops(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_counts_of_many_loops_are_true(whole: Any, source: str, decisions: list[bool]) -> None:
    check(source, decisions, whole)
