"""Plans worked out by hand from the source of frameworks that have no recordings: `worked/<framework>.yaml`.

Each example is a small file, what is assumed beside it, and the numbers that follow by the formulas whose source the
framework's file names. Rates are compared within 1e-9.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known

FOLDER = Path(__file__).parent / "worked"
EXAMPLES = [
    pytest.param(path.stem, example, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for number, example in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize(("framework", "example"), EXAMPLES)
def test_plan_is_as_worked_out(
    framework: str, example: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, text = example["file"], example["code"]
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assumed = tuple((key, str(value), "--assume") for key, value in example.get("assume", {}).items())
    ((run, plan),) = session.plan((name,), Options(assume=assumed)).plans
    assert run.framework.name == framework
    found = {quantity: entry.value for quantity, entry in plan.quantities}
    assert {quantity: found.get(quantity) for quantity in example["plan"]} == {
        quantity: Known(value) for quantity, value in example["plan"].items()
    }
    for which, wanted in example.get("rate", {}).items():
        assert getattr(plan.rate, which) == pytest.approx(wanted, rel=1e-9, abs=1e-15), f"{which}: {plan.rate.reason}"
    events = dict(plan.events)
    for event, steps in example.get("events", {}).items():
        assert list(events[event].head) == steps, event
    assert plan.outcome.error == example.get("raises", plan.outcome.error)
