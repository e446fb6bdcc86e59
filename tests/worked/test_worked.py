"""Frameworks that are `verified: derived`: examples worked by hand from the source that their files name.

`<framework>.yaml` is a list. An example is one file (`file`, `text`) and what is assumed beside it (`assume`, or a
comment in the file), with what follows from it: `plan` (quantities), `events` (optimizer steps), `rate` (`first`,
`peak`, `last`), `raises` (the error). An example that is only `file` and `text` is about recognition.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known, Value
from epochlint.knowledge.store import Catalogue
from epochlint.plan.plan import Plan

LEAST = 10
KEYS = {"file", "text", "assume", "plan", "events", "rate", "raises"}
WORKED = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.yaml"))
}
EXAMPLES = [
    pytest.param(framework, example, id=f"{framework}-{number}")
    for framework, examples in WORKED.items()
    for number, example in enumerate(examples, start=1)
]


@pytest.mark.parametrize("framework", WORKED)
def test_there_are_enough(framework: str) -> None:
    assert framework in Catalogue.default().framework_names
    assert len(WORKED[framework]) >= LEAST
    assert {key for example in WORKED[framework] for key in example} <= KEYS


@pytest.mark.parametrize(("framework", "example"), EXAMPLES)
def test_plan_is_as_worked_by_hand(
    framework: str, example: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / example["file"]).write_text(example["text"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assumed = tuple((name, str(value), "--assume") for name, value in example.get("assume", {}).items())
    ((run, plan),) = session.plan((example["file"],), Options(assume=assumed)).plans
    assert run.framework.name == framework
    compare(plan, example)


def compare(plan: Plan, example: dict[str, Any]) -> None:
    found = {name: entry.value for name, entry in plan.quantities}
    for name, value in example.get("plan", {}).items():
        assert value_of(found.get(name)) == pytest.approx(value, rel=1e-9), name
    for which, rate in example.get("rate", {}).items():
        assert getattr(plan.rate, which) == pytest.approx(rate, rel=1e-9, abs=1e-15), f"{which}: {plan.rate.reason}"
    events = dict(plan.events)
    for event, steps in example.get("events", {}).items():
        assert (list(events[event].head), events[event].count) == (steps, len(steps)), event
    if "raises" in example or "plan" in example:
        assert plan.outcome.error == example.get("raises"), plan.outcome


def value_of(value: Value | None) -> object:
    """Return a known number, None where the plan has none, and what is not known as it is."""
    return value.value if isinstance(value, Known) else value
