"""Results with other paths: a session thinks in paths from the root, people in paths from where they are."""

from __future__ import annotations

from epochlint.expressions.units import parse_unit
from epochlint.expressions.values import Known
from epochlint.findings.finding import Edit, Finding, Related, TextEdit
from epochlint.knowledge.catalogue import Framework
from epochlint.places import Place
from epochlint.plan.plan import Cadence, Entry, Input, Outcome, Plan, Rate
from epochlint.results import CheckResult, PlanResult, Summary, relocated
from epochlint.runs.run import Joined, Run

PLACE = Place("a/train.py", 3, 1, 3, 4)
FINDING = Finding(
    "EL201", "a-rule", "warning", "certain", "message", PLACE,
    related=(Related(Place("b.yaml", 1, 1, 1, 2), "there"),), fix=Edit("t", "safe", (TextEdit(PLACE, "x"),)),
)  # fmt: skip


def line_of(path: str, number: int) -> str:
    return f"{path}:{number}"


def test_every_place_of_a_finding_moves_and_lines_follow() -> None:
    moved = relocated(CheckResult((FINDING,), Summary(1), line_of), lambda path: f"../{path}")
    (finding,) = moved.findings
    assert finding.place.path == "../a/train.py"
    assert finding.related[0].place.path == "../b.yaml"
    assert finding.fix is not None
    assert finding.fix.edits[0].place.path == "../a/train.py"
    assert moved.lines("../a/train.py", 3) == "a/train.py:3"
    assert moved.lines("unheard-of.py", 1) == "unheard-of.py:1"


def test_every_place_of_a_plan_moves() -> None:
    framework = Framework("torch", "PyTorch")
    run = Run("r", framework, PLACE, (Joined("a/train.py", "given", "given"),), ())
    entry = Entry("x", Known(1), parse_unit("steps"), PLACE, inputs=(Input("y", Known(2), PLACE, "literal"),))
    plan = Plan(
        (("x", entry),),
        (),
        (Cadence("logs", "steps", Known(1), Known(0), (), PLACE),),
        Rate(1.0, 1.0, 1.0),
        Outcome("completes"),
    )
    ((new_run, new_plan),) = relocated(
        PlanResult(((run, plan),), (), Summary(), line_of), lambda path: path.upper()
    ).plans
    assert new_run.framework is framework
    assert new_run.documents[0].path == "A/TRAIN.PY"
    moved = new_plan.quantities[0][1]
    assert moved.place is not None
    assert moved.inputs[0].place is not None
    assert new_plan.cadence[0].place is not None
    assert {new_run.place.path, moved.place.path, moved.inputs[0].place.path, new_plan.cadence[0].place.path} == {
        "A/TRAIN.PY"
    }


def test_a_result_without_paths_to_change_stays_what_it_is() -> None:
    summary = Summary(3)
    assert relocated(summary, lambda path: path + "x") is summary
    assert relocated(FINDING, lambda path: path) == FINDING
