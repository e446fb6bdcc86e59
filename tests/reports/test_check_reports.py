"""The formats of `epochlint check`, against texts that somebody has looked at.

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

from epochlint.findings.finding import Edit, Finding, Related, TextEdit
from epochlint.places import Place
from epochlint.records import replace
from epochlint.reports.colour import Palette
from epochlint.reports.concise import concise
from epochlint.reports.full import full
from epochlint.reports.github import github
from epochlint.reports.json_report import check_document, dumped
from epochlint.reports.summary import summary_line
from epochlint.results import CheckResult, Summary

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "src" / "epochlint" / "reports" / "schemas"


def looks_like(name: str, text: str) -> None:
    path = HERE / name
    if os.environ.get("EPOCHLINT_UPDATE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


SOURCES = {
    "train.py": """\
from transformers import TrainingArguments

dataset = load("data.jsonl")

args = TrainingArguments(
    output_dir="out",
    num_train_epochs=20,
    per_device_train_batch_size=8,
    gradient_accumulation_steps=4,
    max_steps=500,
)
""",
    "conf/ds.json": '{\n\t"train_batch_size": 256, "übung": "日本語", "x": "\x1b[31m"\n}\n',
    "conf/long.yaml": f"notes: {'x' * 120}\nargs: {{{'a: 1, ' * 20}warmup_steps: 1000, {'b: 2, ' * 20}}}\n",
    "train.ipynb": "steps = n / batch\n",
}


def line_of(path: str, number: int, _cell: int | None = None) -> str:
    lines = SOURCES[path].split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def place_of(path: str, text: str, cell: int | None = None) -> Place:
    for number, line in enumerate(SOURCES[path].split("\n"), 1):
        if text in line:
            column = line.index(text) + 1
            return Place(path, number, column, number, column + len(text), cell)
    raise AssertionError(text)


OVERRIDE = Finding(
    code="EL201",
    name="steps-override-epochs",
    severity="warning",
    certainty="certain",
    message="max_steps 500 ends training after 2.45 of the 20 epochs asked for",
    place=place_of("train.py", "500"),
    label="500 steps",
    related=(
        Related(place_of("train.py", "20"), "num_train_epochs 20 has no effect"),
        Related(place_of("train.py", "500"), "warmup_steps 1,000 are longer than the run (warmup-exceeds-run)"),
    ),
    derivation=(
        "steps_per_epoch = ceil(50,000 / (8 × 4 × 8)) = 196",
        "epochs_run = 500 / 204 = 2.45",
    ),
    help="keep only one of max_steps and num_train_epochs",
    framework="transformers",
    run="train.py:5",
    data=(("epochs", 20), ("epochs_run", 2.45), ("max_steps", 500), ("ratio", float("inf"))),
    anchor="max_steps",
)
PRODUCT = Finding(
    code="EL101",
    name="batch-product-mismatch",
    severity="error",
    certainty="likely",
    message="train_batch_size 256 is not 8 × 4 × world_size for any number of processes that divides it",
    place=place_of("conf/ds.json", "256"),
    label="256 samples per step",
    related=(
        Related(
            place_of("train.py", "8,"), "8 samples per device and forward pass, which is what every process gets here"
        ),
        Related(place_of("train.py", "per_device_train_batch_size"), "set here"),
        Related(place_of("train.py", "4,"), "4 micro-batches per step"),
        Related(place_of("conf/ds.json", '"日本語"'), "wide characters"),
        Related(place_of("conf/ds.json", "[31m"), "a control character before it"),
    ),
    unknowns=("world_size",),
    fix=Edit("write 128", "unsafe", (TextEdit(place_of("conf/ds.json", "256"), "128"),)),
    framework="transformers",
)
LONG = Finding(
    code="EL301",
    name="warmup-exceeds-run",
    severity="note",
    certainty="certain",
    message="warmup_steps 1,000 are longer than the run of 500 steps",
    place=place_of("conf/long.yaml", "1000"),
    label="1,000 steps of warmup",
    unknowns=("world_size", "dataset_size"),
    fix=Edit("write 50", "safe", (TextEdit(place_of("conf/long.yaml", "1000"), "50"),)),
)
NOTEBOOK = Finding(
    code="EL701",
    name="division-not-whole",
    severity="warning",
    certainty="certain",
    message="n / batch is no whole number",
    place=place_of("train.ipynb", "n / batch", 3),
)
EVERYTHING = (PRODUCT, LONG, NOTEBOOK, OVERRIDE)
SUMMARY = Summary(412, 9, (("transformers", 6), ("lightning", 3)), 14, (("dataset_size", 5), ("world_size", 1)), 2, 1)


@pytest.mark.parametrize("columns", [100, 60])
def test_full(columns: int) -> None:
    looks_like(f"full_{columns}.txt", "\n".join(full(EVERYTHING, line_of, columns=columns)) + "\n")


def test_full_in_colours() -> None:
    text = "\n".join(full((OVERRIDE, LONG), line_of, Palette(True)))
    looks_like("full_colours.txt", text.replace("\x1b", "␛") + "\n")


def test_concise() -> None:
    looks_like("concise.txt", "\n".join(concise(EVERYTHING)) + "\n")


def test_github() -> None:
    looks_like("github.txt", "\n".join(github(EVERYTHING)) + "\n")


def test_json() -> None:
    text = dumped(check_document(CheckResult(EVERYTHING, SUMMARY, line_of)))
    looks_like("check.json.txt", text + "\n")


def test_a_place_without_text_has_no_snippet() -> None:
    finding = replace(NOTEBOOK, place=Place("train.py", 99, 1, 99, 1), label="nothing")
    text = "\n".join(full((finding,), line_of))
    assert "--> train.py:99:1" in text
    assert "99 | nothing" in text


def test_a_place_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    finding = replace(NOTEBOOK, place=Place("train.py", 5, 8, 11, 2))
    lines = list(full((finding,), line_of))
    assert "   |        ^^^^^^^^^^^^^^^^^^" in [" " + line for line in lines]


# --- summary -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "findings", "hidden", "line"),
    [
        (
            SUMMARY,
            (OVERRIDE, NOTEBOOK),
            1,
            "Checked 412 files: 9 runs (transformers 6, lightning 3), 2 warnings, 1 note not shown (--show-notes), "
            "1 suppressed; 14 checks undecided: dataset_size unknown in 5 runs, world_size unknown in 1 run; "
            "2 files not readable",
        ),
        (
            Summary(1, 1, (("keras", 1),)),
            (PRODUCT, OVERRIDE, LONG),
            0,
            "Checked 1 file: 1 run (keras 1), 1 error, 1 warning, 1 note",
        ),
        (Summary(3, 2, (("torch", 2),)), (), 0, "Checked 3 files: 2 runs (torch 2), no findings"),
        (Summary(1_200), (), 0, "Checked 1,200 files: no training run recognised"),
        (Summary(1), (NOTEBOOK,), 0, "Checked 1 file: no training run recognised, 1 warning"),
        (
            Summary(1, 1, (), 5, (("a", 4), ("b", 3), ("c", 2), ("d", 1), ("e", 1))),
            (),
            0,
            "Checked 1 file: 1 run, no findings; 5 checks undecided: a unknown in 4 runs, b unknown in 3 runs, "
            "c unknown in 2 runs, and 2 more",
        ),
    ],
)
def test_the_summary(summary: Summary, findings: tuple[Finding, ...], hidden: int, line: str) -> None:
    assert summary_line(summary, findings, hidden) == line


# --- what must hold for any text of the user's ---------------------------------------------------------------------

HOSTILE = st.one_of(
    st.sampled_from(
        ["::error::x", "  ::set-output name=a::b", "##[error]x", "##vso[task.complete]", "\x1b[2J", "a\nb", "\r::x"]
    ),
    st.text(max_size=30),
)
PATHS = st.one_of(
    st.sampled_from(["::error::.py", " ::x.py", "##[x].py", "a\n::b.py", "日本.py"]), st.text(min_size=1, max_size=12)
)


@st.composite
def hostile_results(draw: st.DrawFn) -> CheckResult:
    texts = draw(st.lists(HOSTILE, min_size=1, max_size=4))
    path = draw(PATHS)

    def place() -> Place:
        line, column = draw(st.integers(1, 5)), draw(st.integers(1, 12))
        end = draw(st.integers(line, line + 1))
        return Place(path, line, column, end, column + draw(st.integers(0, 9)), draw(st.sampled_from([None, None, 1])))

    related = tuple(Related(place(), draw(HOSTILE)) for _ in range(draw(st.integers(0, 2))))
    finding = Finding(
        code="EL201",
        name="steps-override-epochs",
        severity=draw(st.sampled_from(["note", "warning", "error"])),
        certainty="certain",
        message=draw(HOSTILE) or "m",
        place=place(),
        related=related,
        derivation=(draw(HOSTILE),),
        help=draw(HOSTILE),
        unknowns=("dataset_size",),
        run=draw(st.none() | HOSTILE),
        data=(("x", draw(st.none() | st.floats() | st.integers() | HOSTILE)),),
        label=draw(HOSTILE),
    )
    return CheckResult(
        (finding,), Summary(1, 1, (("torch", 1),)), lambda _path, number, _cell=None: texts[number % len(texts)]
    )


def _is_order(line: str) -> bool:
    return line.lstrip().startswith(("::", "##"))


@given(hostile_results(), st.integers(1, 200))
def test_no_line_begins_with_an_order_or_holds_a_control_character(result: CheckResult, columns: int) -> None:
    texts = [*full(result.findings, result.lines, columns=columns), *concise(result.findings)]
    texts.append(summary_line(result.summary, result.findings))
    for line in texts:
        assert not _is_order(line)
        assert line.isprintable()


@given(hostile_results())
def test_a_workflow_command_is_one_line_and_its_text_stays_inside(result: CheckResult) -> None:
    (line,) = github(result.findings)
    assert line.isprintable()
    head, _, properties = line.partition(" ")
    assert head in ("::error", "::warning", "::notice")
    listed, _, _ = properties.partition("::")
    values = dict(one.split("=", 1) for one in listed.split(","))
    assert set(values) <= {"file", "line", "col", "endLine", "endColumn", "title"}
    assert values["title"] == "steps-override-epochs (EL201)"


def schema_validator(name: str) -> Draft202012Validator:
    check, plan = (json.loads((SCHEMAS / f"{one}.json").read_text(encoding="utf-8")) for one in ("check", "plan"))
    for one in (check, plan):
        Draft202012Validator.check_schema(one)
    registry: Registry[Any] = Registry().with_resources(
        [(one["$id"], Resource.from_contents(one)) for one in (check, plan)]
    )
    return Draft202012Validator({"check": check, "plan": plan}[name], registry=registry)


CHECK_SCHEMA = schema_validator("check")


@given(hostile_results())
def test_json_is_always_json_and_keeps_its_promises(result: CheckResult) -> None:
    text = dumped(check_document(result))
    assert text.isascii()
    assert not any(_is_order(line) for line in text.split("\n"))
    document = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    CHECK_SCHEMA.validate(document)
    assert document["findings"][0]["message"] == result.findings[0].message


def test_the_document_has_the_keys_that_other_programs_read() -> None:
    document = check_document(CheckResult(EVERYTHING, SUMMARY, line_of))
    CHECK_SCHEMA.validate(document)
    first = document["findings"][0]
    assert {
        "code",
        "name",
        "severity",
        "certainty",
        "message",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
    } <= set(first)
    assert {"related", "framework", "run", "data", "url", "fingerprint", "fix"} <= set(first)
    assert set(first["fix"]) == {"title", "safety", "edits"}
    assert {"path", "line", "column", "message"} <= set(first["related"][0])
    assert document["findings"][2]["cell"] == 3
    assert document["findings"][3]["data"]["ratio"] is None
    assert document["summary"]["undecided_because"] == {"dataset_size": 5, "world_size": 1}
