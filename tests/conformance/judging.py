"""Judging a plan by what a real run did: every expected value is right, wrong or unknown, and unknown for a reason.

Unknown is not wrong, but not right either. A project is one training run: where several runs of its framework are told,
the first is judged, and the number of runs is wrong.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from cases import Case

Verdict: TypeAlias = Literal["right", "wrong", "unknown"]

RIGHT: Verdict = "right"
WRONG: Verdict = "wrong"
UNKNOWN: Verdict = "unknown"
NO_RUN = "no run is recognised"
_EXACT = 1e-6  # relative: a recorded float has ten digits


class Row(NamedTuple):
    """One expected value: `wanted` is what the real run did, `got` what the plan says, `reason` why it says nothing."""

    key: str
    verdict: Verdict
    wanted: Any
    got: Any
    reason: str = ""


def judge(case: Case, document: dict[str, Any]) -> list[Row]:
    """Judge what `epochlint plan --output-format json` says about a project."""
    runs = document["runs"]
    run = _chosen(runs, case.match)
    rows = [Row("runs", RIGHT if len(runs) == 1 else WRONG if runs else UNKNOWN, 1, len(runs), NO_RUN)]
    rows += [_quantity(key, wanted, run) for key, wanted in case.expect.items()]
    rows += [_event(key, wanted, run) for key, wanted in case.events.items()]
    rows += _rates(case, run)
    if case.outcome:
        rows += _outcome(case.outcome["kind"] or "", case.outcome["error"], run)
    trouble = document.get("trouble")
    return [row._replace(reason=trouble) if trouble and row.reason == NO_RUN else row for row in rows]


def _chosen(runs: list[dict[str, Any]], match: list[str]) -> dict[str, Any] | None:
    """Return the only run, or the first one of a framework that is meant; None if there is none."""
    if len(runs) == 1:
        return runs[0]
    return next((run for name in match for run in runs if _plain(name) in _plain(run["framework"])), None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# --- quantities and events --------------------------------------------------------------------------------------------


def _quantity(key: str, wanted: float, run: dict[str, Any] | None) -> Row:
    entry = run["plan"].get(key) if run else None
    if entry is None:
        return Row(key, UNKNOWN, wanted, None, "the plan has no such quantity" if run else NO_RUN)
    got = entry["value"]
    if got is None:
        names = f"needs {', '.join(entry['missing'])}" if entry["missing"] else ""
        return Row(
            key, UNKNOWN, wanted, None, "; ".join(filter(None, (names, entry["reason"]))) or "no reason is given"
        )
    return Row(key, RIGHT if _same_number(wanted, got) else WRONG, wanted, got)


def _same_number(wanted: float, got: Any) -> bool:
    if not _is_number(got):
        return False
    if isinstance(wanted, float) or isinstance(got, float):
        return bool(abs(wanted - got) <= _EXACT * max(1.0, abs(wanted)))
    return bool(wanted == got)


def _event(name: str, wanted: Any, run: dict[str, Any] | None) -> Row:
    """Judge the optimizer steps at which something happens: the whole list, or length, head and tail of a long one."""
    key = f"events.{name}"
    got = run["events"].get(name) if run else None
    if got is None:
        return Row(key, UNKNOWN, wanted, None, "the moments are not known" if run else NO_RUN)
    return Row(key, RIGHT if _shortened(wanted, got) == _shortened(got, wanted) else WRONG, wanted, got)


def _shortened(steps: Any, other: Any) -> Any:
    """Return a list of steps as far as both it and another one say it: (length, head, tail) if one is shortened."""
    if isinstance(steps, list) and isinstance(other, list):
        return steps
    head = min(len(one["head"]) for one in (steps, other) if isinstance(one, dict))
    tail = min(len(one["tail"]) for one in (steps, other) if isinstance(one, dict))
    if isinstance(steps, list):
        return len(steps), steps[:head], steps[len(steps) - tail :]
    return steps["len"], steps["head"][:head], steps["tail"][len(steps["tail"]) - tail :]


# --- learning rate and outcome ----------------------------------------------------------------------------------------


def _rates(case: Case, run: dict[str, Any] | None) -> list[Row]:
    peak = max((abs(value) for value in case.rate.values()), default=0.0)
    tolerance = case.rate_tolerance or _EXACT
    least = max(1e-12, 0.01 * tolerance * peak) if case.rate_tolerance else 1e-12
    rows = []
    for name, wanted in case.rate.items():
        key = f"learning_rate.{name}"
        got = run["learning_rate"][name] if run else None
        if got is None:
            reason = (run["learning_rate"]["reason"] or "no reason is given") if run else NO_RUN
            rows.append(Row(key, UNKNOWN, wanted, None, reason))
        else:
            close = abs(wanted - got) <= tolerance * max(abs(wanted), abs(got)) + least
            rows.append(Row(key, RIGHT if close else WRONG, wanted, got))
    return rows


def _outcome(kind: str, error: str | None, run: dict[str, Any] | None) -> list[Row]:
    """Judge how the run ends; of an exception, the last part of its name."""
    told = run["outcome"] if run else None
    wanted = f"{kind} {error}" if error else kind
    if told is None or told["kind"] == "unknown":
        reason = (told["reason"] or "no reason is given") if told else NO_RUN
        return [Row("outcome", UNKNOWN, wanted, None, reason)]
    got = f"{told['kind']} {told['error']}" if told["error"] else told["kind"]
    if told["kind"] != kind:
        return [Row("outcome", WRONG, wanted, got)]
    rows = [Row("outcome", RIGHT, wanted, got)]
    if error and told["error"] is None:
        rows.append(Row("outcome.error", UNKNOWN, error, None, "the exception is not known"))
    elif error:
        rows.append(
            Row("outcome.error", RIGHT if told["error"].split(".")[-1] == error else WRONG, error, told["error"])
        )
    return rows
