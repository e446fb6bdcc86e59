"""Plans against recorded runs of real frameworks: no value is wrong, and what was right stays right.

The ordinary run takes a sample of every framework; `pytest -m everything tests/conformance` takes all of it.
`python tests/conformance/report.py --write` measures anew when something has improved.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "rendering"))

from cases import Case
from judging import RIGHT, Row, judge
from report import MEASURED, PAGE, measure, page, stored
from suite import Judged, cases, claimed, judged, rendering, sample

STANDING: dict[str, dict[str, Any]] = json.loads(MEASURED.read_text(encoding="utf-8"))
SAMPLE = {True: 50, False: 8}  # projects of a framework that the catalogue has, and of one that it has not


@cache
def _sampled(framework: str) -> tuple[Judged, ...]:
    return tuple(judged(sample(framework, SAMPLE[claimed(framework)])))


@cache
def _everything(framework: str) -> tuple[Judged, ...]:
    return tuple(judged(cases()[framework]))


def _told(one: Judged) -> str:
    rows = [
        f"{row.key} {row.verdict}: {row.wanted!r}, got {row.got!r} {row.reason}"
        for row in one.rows
        if row.verdict != RIGHT
    ]
    return f"{one.case.id}: " + "; ".join(rows)


def _newly_wrong(framework: str, these: tuple[Judged, ...]) -> list[str]:
    """Tell of the projects with a wrong value that is not among those known to be wrong."""
    known = STANDING[framework]["wrong"]
    return [_told(one) for one in these if one.wrong - set(known.get(one.case.id, ()))]


def _no_longer_right(framework: str, these: tuple[Judged, ...]) -> list[str]:
    known = {*STANDING[framework]["wrong"], *STANDING[framework]["unknown"]}
    return [_told(one) for one in these if one.verdict != RIGHT and one.case.id not in known]


@pytest.mark.parametrize("framework", cases())
def test_no_value_in_a_sample_is_wrong(framework: str) -> None:
    found = _newly_wrong(framework, _sampled(framework))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("framework", cases())
def test_what_was_right_in_a_sample_is_right(framework: str) -> None:
    found = _no_longer_right(framework, _sampled(framework))
    assert not found, "\n".join(found)


@pytest.mark.everything
@pytest.mark.parametrize("framework", cases())
def test_no_value_is_wrong(framework: str) -> None:
    found = _newly_wrong(framework, _everything(framework))
    assert not found, "\n".join(found)


@pytest.mark.everything
@pytest.mark.parametrize("framework", cases())
def test_what_was_right_is_right(framework: str) -> None:
    found = _no_longer_right(framework, _everything(framework))
    assert not found, "\n".join(found)


@pytest.mark.everything
@pytest.mark.parametrize("framework", cases())
def test_the_measured_values_are_up_to_date(framework: str) -> None:
    assert json.loads(json.dumps(measure(framework, _everything(framework)))) == STANDING[framework]


def test_the_page_is_what_was_measured() -> None:
    assert page(STANDING) == PAGE.read_text(encoding="utf-8")
    assert stored(STANDING) == MEASURED.read_text(encoding="utf-8")


def test_every_framework_of_the_suite_is_measured() -> None:
    assert {framework: (len(group), claimed(framework)) for framework, group in cases().items()} == {
        framework: (one["projects"], one["claimed"]) for framework, one in STANDING.items()
    }


def test_few_recorded_runs_cannot_be_told_as_projects() -> None:
    assert len(rendering().cases) > 2_000
    reasons = {reason for (_, reason), count in rendering().skipped.items() if count > 40}
    assert reasons <= {"same configuration as an earlier run", "the run did not end within the recorder's limit"}


# --- the judge itself -------------------------------------------------------------------------------------------------


def _case(**expected: Any) -> Case:
    case = Case({"id": "made-1", "framework": "keras", "config": {}}, "keras")
    for name, value in expected.items():
        setattr(case, name, value)
    return case


def _document(**run: Any) -> dict[str, Any]:
    nothing = {
        "plan": {},
        "events": {},
        "learning_rate": {},
        "outcome": {"kind": "completes", "error": None, "reason": None},
    }
    return {"runs": [{"framework": "keras", **nothing, **run}]}


def _entry(value: object, missing: tuple[str, ...] = (), reason: str | None = None) -> dict[str, Any]:
    return {"value": value, "missing": list(missing), "reason": reason}


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(10, "right"), (10.0, "right"), (11, "wrong"), ("10", "wrong"), (True, "wrong"), (None, "unknown")],
)
def test_a_quantity_is_judged_by_its_number(value: object, verdict: str) -> None:
    rows = judge(_case(expect={"total_steps": 10}), _document(plan={"total_steps": _entry(value)}))
    assert next(row.verdict for row in rows if row.key == "total_steps") == verdict


def test_unknown_comes_with_what_the_plan_says_about_it() -> None:
    document = _document(plan={"total_steps": _entry(None, ("world_size",), "it depends")})
    assert Row("total_steps", "unknown", 10, None, "needs world_size; it depends") in judge(
        _case(expect={"total_steps": 10}), document
    )


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([1, 2, 3, 4, 5], "right"),
        ([1, 2, 3, 4, 6], "wrong"),
        ([1, 2, 4, 5], "wrong"),
        ({"len": 5, "head": [1], "tail": [5]}, "right"),
        ({"len": 5, "head": [1, 2, 3], "tail": [3, 4, 5]}, "right"),
        ({"len": 6, "head": [1, 2], "tail": [4, 5]}, "wrong"),
        (None, "unknown"),
    ],
)
@pytest.mark.parametrize("wanted", [[1, 2, 3, 4, 5], {"len": 5, "head": [1, 2], "tail": [4, 5]}])
def test_events_are_judged_as_far_as_both_lists_go(wanted: object, steps: object, verdict: str) -> None:
    if isinstance(wanted, dict) and steps == [1, 2, 4, 5]:
        pytest.skip("nothing to tell them apart but the length")
    rows = judge(_case(events={"evaluations": wanted}), _document(events={"evaluations": steps}))
    assert next(row.verdict for row in rows if row.key == "events.evaluations") == verdict


@pytest.mark.parametrize(
    ("told", "verdicts"),
    [
        (("raises", "builtins.ValueError"), ["right", "right"]),
        (("raises", "TypeError"), ["right", "wrong"]),
        (("raises", None), ["right", "unknown"]),
        (("completes", None), ["wrong"]),
        (("unknown", None), ["unknown"]),
    ],
)
def test_an_outcome_is_judged_by_its_kind_and_exception(told: tuple[str, str | None], verdicts: list[str]) -> None:
    outcome = {"kind": told[0], "error": told[1], "reason": None}
    rows = judge(_case(outcome={"kind": "raises", "error": "ValueError"}), _document(outcome=outcome))
    assert [row.verdict for row in rows if row.key.startswith("outcome")] == verdicts


def test_two_runs_where_there_is_one_are_wrong() -> None:
    document = _document(plan={"total_steps": _entry(10)})
    document["runs"].append({**document["runs"][0], "plan": {"total_steps": _entry(24)}})
    rows = judge(_case(expect={"total_steps": 10}), document)
    assert [row.key for row in rows if row.verdict == "wrong"] == ["runs"]
