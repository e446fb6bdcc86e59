"""Other names, another order of independent statements, constants in another module: every answer stays the same."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance" / "rendering"))
sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))
sys.path.insert(0, str(Path(__file__).parent))

from cases import Case
from changes import SCRIPT, Files, move_constants, rename, reorder
from suite import cases, claimed, sample

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.errors import UsageError
from epochlint.reports.json_plan import plan_document

# Only scripts can be changed so; some frameworks are driven by commands and configuration files alone.
FRAMEWORKS = [name for name, group in cases().items() if claimed(name) and any(SCRIPT in case.files for case in group)]
SAMPLE = 10  # projects of a framework
ANSWERS = ("framework", "framework_version", "events", "learning_rate", "outcome")

# What does not hold yet, and why.
KNOWN: dict[tuple[str, str], str] = {}

# Where there is nothing to change, and why.
NOTHING = {("mmengine", "move_constants"): "its numbers stand in configuration files"}

Change = Callable[[Files], Files]
Answers = dict[str, Any]


def _answers(files: Files, case: Case, folder: Path) -> Answers:
    """Return what is planned and found, without names and places."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / ".git").mkdir()
    options = Options(assume=tuple((name, str(value), "--assume") for name, value in case.assume.items()))
    try:
        runs = plan_document(session.plan((str(folder),), options))["runs"]
        findings = session.check((str(folder),), options).findings
    except UsageError:  # what is assumed about this project is refused, whatever its names
        return {"runs": [], "findings": Counter()}
    return {
        "runs": [
            {
                **{key: run[key] for key in ANSWERS},
                "plan": {name: entry["value"] for name, entry in run["plan"].items()},
                "unknown": sorted(name for name, entry in run["plan"].items() if entry["value"] is None),
            }
            for run in runs
        ],
        "findings": Counter((finding.name, finding.severity) for finding in findings),
    }


def _differences(before: Answers, after: Answers) -> list[str]:
    if len(before["runs"]) != len(after["runs"]):
        return [f"{len(before['runs'])} runs, then {len(after['runs'])}"]
    found = []
    for one, other in zip(before["runs"], after["runs"], strict=True):
        found += [f"{key}: {one[key]!r}, then {other[key]!r}" for key in ANSWERS if one[key] != other[key]]
        names = sorted(one["plan"].keys() | other["plan"].keys())
        pairs = [(name, one["plan"].get(name), other["plan"].get(name)) for name in names]
        found += [f"{name}: {old!r}, then {new!r}" for name, old, new in pairs if json.dumps(old) != json.dumps(new)]
    if before["findings"] != after["findings"]:
        lost, new = before["findings"] - after["findings"], after["findings"] - before["findings"]
        found.append(f"findings lost: {sorted(lost)}, new: {sorted(new)}")
    return found


@cache
def _answers_before(case: Case) -> Answers:
    with tempfile.TemporaryDirectory(prefix="metamorphic") as folder:
        return _answers(case.files, case, Path(folder))


def _changed_answers(change: Change, these: tuple[Case, ...], folder: Path) -> list[str]:
    told, applied = [], 0
    for case in these:
        changed = change(case.files) if SCRIPT in case.files else case.files
        if changed == case.files:
            continue
        applied += 1
        compile(changed[SCRIPT], SCRIPT, "exec")
        differences = _differences(_answers_before(case), _answers(changed, case, folder / case.id))
        told += [f"{case.id}: {one}" for one in differences]
    assert applied
    return told


def _pairs(known: dict[tuple[str, str], str]) -> Iterator[object]:
    """Give every framework with every change; what is known not to hold must fail, else it comes off the list."""
    for framework in FRAMEWORKS:
        for change in (rename, reorder, move_constants):
            if (framework, change.__name__) in NOTHING:
                continue
            why = known.get((framework, change.__name__), "")
            marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
            yield pytest.param(framework, change, marks=marks, id=f"{framework}-{change.__name__}")


@pytest.mark.parametrize(("framework", "change"), list(_pairs(KNOWN)))
def test_a_change_without_meaning_changes_no_answer(framework: str, change: Change, tmp_path: Path) -> None:
    found = _changed_answers(change, sample(framework, SAMPLE), tmp_path)
    assert not found, "\n".join(found)


@pytest.mark.everything
@pytest.mark.parametrize(("framework", "change"), list(_pairs(KNOWN)))
def test_a_change_without_meaning_changes_no_answer_anywhere(framework: str, change: Change, tmp_path: Path) -> None:
    found = _changed_answers(change, cases()[framework], tmp_path)
    assert not found, "\n".join(found)
