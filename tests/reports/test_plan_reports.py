"""The formats of `epochlint plan`, against texts that somebody has looked at.

After a wanted change: EPOCHLINT_UPDATE=1 pytest tests/reports, and look at the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from epochlint.dialects.readings import Setting
from epochlint.expressions.algebra import symbol
from epochlint.expressions.evaluate import evaluate
from epochlint.expressions.language import parse
from epochlint.expressions.units import parse_unit
from epochlint.expressions.values import Alternative, Known, OneOf, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import Framework, Option
from epochlint.places import Place
from epochlint.plan.plan import Cadence, Entry, Input, Occurrences, Outcome, Plan, Rate
from epochlint.records import replace
from epochlint.reports.colour import Palette
from epochlint.reports.json_plan import plan_document
from epochlint.reports.json_report import dumped
from epochlint.reports.plan_sentence import sentence
from epochlint.reports.plan_text import plan_text
from epochlint.results import PlanResult, Summary
from epochlint.runs.run import Joined, Run

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "src" / "epochlint" / "reports" / "schemas"


def looks_like(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("EPOCHLINT_UPDATE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def at(line: int, column: int, path: str = "finetune/train.py") -> Place:
    return Place(path, line, column, line, column + 3)


def entry(name: str, value: Value, unit: str, **more: Any) -> tuple[str, Entry]:
    return name, Entry(name, value, parse_unit(unit), **more)


FRAMEWORK = Framework(
    "transformers",
    "Hugging Face Transformers Trainer",
    options=(
        Option("max_steps", quantity="max_steps"),
        Option("num_train_epochs", quantity="epochs"),
        Option("lr_scheduler_type"),
    ),
)
MAX_STEPS = Setting("max_steps", Known(500), at(14, 15), None, "literal", "500")
EPOCHS = Setting("num_train_epochs", Known(20), at(13, 22), None, "declared-default", "20", overridable=True)
RUN = Run(
    name="finetune/train.py:10",
    framework=FRAMEWORK,
    place=at(10, 8),
    documents=(
        Joined("finetune/train.py", "given", "given"),
        Joined("finetune/launch.sh", "it launches train.py", "launcher"),
    ),
    settings=(MAX_STEPS, Setting("lr_scheduler_type", Known("cosine"), at(15, 20), at(15, 20), "literal")),
    superseded=((EPOCHS, MAX_STEPS),),
    remarks=("two processes: launch.sh says --nproc_per_node 2",),
)
KNOWN = Plan(
    quantities=(
        entry("dataset_size", Known(52_000), "samples", place=at(8, 3), origin="known-dataset"),
        entry("micro_batch_size", Known(8), "samples/micro-batches", place=at(12, 9), origin="literal"),
        entry(
            "gradient_accumulation_steps",
            Known(16),
            "micro-batches/steps",
            place=at(3, 4, "finetune/configs/experiment/a_very_long_name.yaml"),
            origin="literal",
        ),
        entry("world_size", Known(2), "processes", place=at(3, 1, "finetune/launch.sh"), origin="launcher"),
        entry(
            "global_batch_size",
            Known(256),
            "samples/steps",
            origin="computed",
            formula="micro_batch_size * gradient_accumulation_steps * world_size",
            substituted="8 × 16 × 2",
            inputs=(
                Input("micro_batch_size", Known(8), at(12, 9), "literal", "8"),
                Input("world_size", Known(2), None, "launcher"),
            ),
        ),
        entry(
            "steps_per_epoch",
            Known(204),
            "steps/epochs",
            origin="computed",
            formula="max(1, ceil(micro_batches_per_epoch / gradient_accumulation_steps))",
            substituted="max(1, ceil(3,250 / 16))",
        ),
        entry(
            "total_steps",
            Known(500),
            "steps",
            origin="literal",
            place=at(14, 15),
            formula="max_steps",
            substituted="500",
        ),
        entry(
            "epochs_run",
            Known(500 / 204),
            "epochs",
            origin="computed",
            formula="total_steps / steps_per_epoch",
            substituted="500 / 204",
        ),
        entry("samples_seen", Known(127_616), "samples", origin="computed"),
        entry("drop_last", Known(False), "flag", origin="framework-default"),
        entry("warmup_ratio", Known(0.03), "ratio", origin="framework-default"),
    ),
    events=(
        ("evaluations", Occurrences(2, (200, 400))),
        ("checkpoints", Occurrences(1, (500,))),
        ("logs", Occurrences(20_000, tuple(range(10, 110, 10)), (199_990, 200_000))),
    ),
    cadence=(
        Cadence("evaluations", "steps", Known(200), Known(0), ("run_end",), at(16, 9)),
        Cadence("evaluations", "epochs", Known(1), Known(2)),
        Cadence("checkpoints", "steps", Known(500), Known(0)),
        Cadence("logs", "steps", Known(10), Known(0)),
    ),
    rate=Rate(0.0, 5e-5, 1.2345e-7, tuple((step, 5e-5 / step) for step in range(1, 501)), (("ends", 500),)),
    outcome=Outcome("completes"),
    version="5.23.0",
)
WORLD = Symbolic(symbol("world_size", parse_unit("processes"), 1, None, True))
UNKNOWN = Plan(
    quantities=(
        entry(
            "dataset_size",
            Unknown("load_dataset reads a file that is not here", ("dataset_size",)),
            "samples",
            missing=("dataset_size",),
            reason="load_dataset reads a file that is not here",
        ),
        entry("micro_batch_size", OneOf((Alternative(8, "--fast"), Alternative(16))), "samples/micro-batches"),
        entry("world_size", WORLD, "processes", missing=("world_size",)),
        entry(
            "steps_per_epoch",
            evaluate(parse("782 / world_size"), lambda _name: WORLD),
            "steps/epochs",
            formula="micro_batches / world_size",
            substituted="782 / world_size",
            missing=("world_size",),
        ),
        entry(
            "total_steps",
            Unknown("", ("dataset_size", "world_size")),
            "steps",
            formula="ceil(epochs * steps_per_epoch)",
            missing=("dataset_size", "world_size"),
        ),
        entry("epochs_run", Known(float("inf")), "epochs"),
    ),
    events=(
        ("evaluations", Occurrences(None, reason="the number of steps is unknown")),
        ("checkpoints", Occurrences(0)),
    ),
    cadence=(Cadence("evaluations", "epochs", Known(None), Known(0)),),
    rate=Rate(None, None, None, reason="the length of the schedule is unknown"),
    outcome=Outcome("unknown", reason="save-steps may hold: dataset_size"),
)
RESULT = PlanResult(
    ((RUN, KNOWN), (replace(RUN, superseded=(), remarks=()), UNKNOWN)), (), Summary(2, 2), lambda *_: ""
)


@pytest.mark.parametrize("columns", [120, 100, 80])
def test_a_plan_of_which_all_is_known(columns: int) -> None:
    looks_like(f"plan_{columns}.txt", "\n".join(plan_text(RUN, KNOWN, columns=columns)) + "\n")


def test_a_plan_of_which_little_is_known() -> None:
    looks_like("plan_unknown.txt", "\n".join(plan_text(RESULT.plans[1][0], UNKNOWN)) + "\n")


def test_a_plan_in_colours() -> None:
    looks_like("plan_colours.txt", "\n".join(plan_text(RUN, KNOWN, Palette(True))).replace("\x1b", "␛") + "\n")


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    for run, plan in RESULT.plans:
        lines = list(plan_text(run, plan, columns=columns))[1:]
        assert not [line for line in lines if len(line) > columns]


# --- the sentence --------------------------------------------------------------------------------------------------


def shortened(**changes: Any) -> Plan:
    """Return the known plan with other events, outcome, or without some quantities."""
    without = changes.pop("without", ())
    return replace(KNOWN, quantities=tuple(one for one in KNOWN.quantities if one[0] not in without), **changes)


def lacking(*names: str) -> Plan:
    return replace(UNKNOWN, quantities=(entry("total_steps", Unknown(), "steps", missing=names),), events=())


TOTAL = entry("total_steps", OneOf((Alternative(71), Alternative(36))), "steps")


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (KNOWN, "2.45 epochs: 500 steps of 256 samples, 127,616 seen; 2 evaluations, 1 checkpoint"),
        (
            shortened(without=("epochs_run",)),
            "500 steps of 256 samples, 127,616 seen; how many epochs is unknown; 2 evaluations, 1 checkpoint",
        ),
        (
            shortened(without=("total_steps", "samples_seen"), events=()),
            "2.45 epochs of an unknown number of steps, 256 samples each",
        ),
        (shortened(without=("total_steps", "epochs_run"), events=()), "Length unknown"),
        (
            replace(UNKNOWN, quantities=UNKNOWN.quantities[:-1], events=()),
            "Length unknown for want of dataset_size and world_size",
        ),
        (lacking("a", "b", "c"), "Length unknown for want of a, b and c"),
        (lacking("a", "b", "total_steps", "c", "d"), "Length unknown for want of a, b and others"),
        (lacking("total_steps"), "Length unknown for want of total_steps"),
        (
            replace(
                KNOWN, quantities=(TOTAL,), events=(("evaluations", Occurrences(0)), ("checkpoints", Occurrences(None)))
            ),
            "71 or 36 steps; how many epochs is unknown; no evaluation, checkpoints unknown",
        ),
        (
            shortened(outcome=Outcome("raises", "ValueError", "save_steps (500) is no multiple of eval_steps (200)")),
            "Does not train: raises ValueError: save_steps (500) is no multiple of eval_steps (200)",
        ),
        (
            shortened(outcome=Outcome("never_ends"), events=()),
            "Never ends by itself: 2.45 epochs: 500 steps of 256 samples, 127,616 seen",
        ),
        (UNKNOWN, "Endless epochs of an unknown number of steps; no checkpoint, evaluations unknown"),
    ],
)
def test_the_sentence(plan: Plan, text: str) -> None:
    assert sentence(plan) == text


# --- JSON ----------------------------------------------------------------------------------------------------------


def schema_validator() -> Draft202012Validator:
    check, plan = (json.loads((SCHEMAS / f"{one}.json").read_text(encoding="utf-8")) for one in ("check", "plan"))
    Draft202012Validator.check_schema(plan)
    registry: Registry[Any] = Registry().with_resources(
        [(one["$id"], Resource.from_contents(one)) for one in (check, plan)]
    )
    return Draft202012Validator(plan, registry=registry)


PLAN_SCHEMA = schema_validator()


def test_json() -> None:
    text = dumped(plan_document(RESULT))
    PLAN_SCHEMA.validate(json.loads(text))
    document = json.loads(text)
    series = document["runs"][0]["learning_rate"].pop("series")
    assert len(series) == 200
    assert (series[0], series[-1]) == ([1, 5e-5], [500, 5e-5 / 500])
    looks_like("plan.json.txt", json.dumps(document, indent=2) + "\n")


def test_what_other_programs_read() -> None:
    known, unknown = plan_document(RESULT)["runs"]
    assert known["plan"]["epochs_run"]["value"] == 500 / 204
    assert known["plan"]["drop_last"]["value"] is False
    assert known["settings"][0] == {
        "quantity": "max_steps", "option": "max_steps", "value": 500, "expression": "500", "path": "finetune/train.py",
        "line": 14, "column": 15, "end_line": 14, "end_column": 18, "origin": "literal", "overridable": False,
    }  # fmt: skip
    assert known["events"]["evaluations"] == [200, 400]
    assert known["events"]["logs"] == {"len": 20_000, "head": list(range(10, 110, 10)), "tail": [199_990, 200_000]}
    assert unknown["events"] == {"evaluations": None, "checkpoints": [], "logs": None}
    assert known["cadence"]["evaluations"]["every"] == 200
    assert known["cadence"]["evaluations"]["others"][0]["clock"] == "epochs"
    assert unknown["plan"]["total_steps"]["value"] is None
    assert unknown["plan"]["total_steps"]["missing"] == ["dataset_size", "world_size"]
    assert unknown["plan"]["steps_per_epoch"]["bounds"] == [0, 782]
    assert unknown["plan"]["steps_per_epoch"]["expression"]
    assert unknown["plan"]["micro_batch_size"]["alternatives"] == [
        {"value": 8, "when": "--fast"},
        {"value": 16, "when": None},
    ]
    assert unknown["plan"]["epochs_run"]["value"] is None
    assert known["plan"]["dataset_size"]["bounds"] is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.tuples(inner, inner),
        max_leaves=4,
    )
)
def test_any_value_of_a_quantity_can_be_written(value: Any) -> None:
    plan = replace(KNOWN, quantities=(entry("warmup_steps", Known(value), "steps"),))
    document = json.loads(dumped(plan_document(replace(RESULT, plans=((RUN, plan),)))))
    PLAN_SCHEMA.validate(document)
    for line in plan_text(RUN, plan):
        assert line.isprintable()
