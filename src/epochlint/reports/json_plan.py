"""`epochlint plan --output-format json`, as schemas/plan.json describes it.

Every field is always there; what is not known is null, with `missing` naming what would settle it.
"""

from __future__ import annotations

from epochlint.expressions.evaluate import bounds_of, missing_of
from epochlint.expressions.values import Known, OneOf
from epochlint.reports.json_report import VERSION, finding_data, finite, place_data, summary_data
from epochlint.reports.numbers import expression_of, reason_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.declared.setting import Declared
    from epochlint.dialects.readings import Setting
    from epochlint.expressions.values import Value
    from epochlint.places import Place
    from epochlint.plan.plan import Cadence, Entry, Input, Occurrences, Outcome, Plan, Rate
    from epochlint.results import PlanResult
    from epochlint.runs.run import Run

EVENTS = ("evaluations", "checkpoints", "logs")
LONGEST_SERIES = 200
LONGEST_LIST = 10_000

_NOWHERE = {"path": None, "line": None, "column": None, "end_line": None, "end_column": None}


def plan_document(result: PlanResult) -> dict[str, Any]:
    """Return every run with its plan, as data for JSON."""
    from epochlint.findings.fingerprint import fingerprints

    names = fingerprints(result.findings, result.lines)
    return {
        "version": VERSION,
        "runs": _runs_data(result),
        "declared": [_declared_data(one) for one in result.declared],
        "findings": [finding_data(finding, name) for finding, name in zip(result.findings, names, strict=True)],
        "summary": summary_data(result.summary, result.findings),
    }


def _runs_data(result: PlanResult) -> list[dict[str, Any]]:
    runs = [run_data(run, plan) for run, plan in result.plans]
    if result.comparisons:
        from epochlint.reports.json_comparison import comparison_data

        for run, comparison in zip(runs, result.comparisons, strict=True):
            run["against"] = comparison_data(comparison)
    return runs


def run_data(run: Run, plan: Plan) -> dict[str, Any]:
    return {
        "name": run.name,
        "framework": run.framework.name,
        "framework_version": plan.version or None,
        **place_data(run.place),
        "documents": [
            {"path": joined.path, "because": joined.because, "evidence": joined.evidence} for joined in run.documents
        ],
        "settings": [_setting_data(run, setting) for setting in run.settings],
        "superseded": [
            {**_setting_data(run, loser), "by": _setting_data(run, winner)} for loser, winner in run.superseded
        ],
        "plan": {name: entry_data(entry) for name, entry in plan.quantities},
        "events": _events_data(plan),
        "cadence": cadences_data(plan.cadence),
        "learning_rate": rate_data(plan.rate),
        "outcome": outcome_data(plan.outcome),
        "remarks": list(run.remarks),
    }


def _setting_data(run: Run, setting: Setting) -> dict[str, Any]:
    option = run.framework.option(setting.option)
    return {
        "quantity": (option.quantity or option.about if option else "") or None,
        "option": setting.option,
        "value": _number(setting.value),
        "expression": setting.text or expression_of(setting.value) or None,
        **_place(setting.place or setting.given_at),
        "origin": setting.origin,
        "overridable": setting.overridable,
    }


def _declared_data(one: Declared) -> dict[str, Any]:
    """Return a setting that is known by its name, in the form of a run's settings."""
    return {
        "quantity": one.quantity,
        "option": one.name or None,
        "value": finite(one.value),
        "expression": one.text or None,
        **place_data(one.place),
        "origin": one.origin,
        "how": one.how,
    }


def entry_data(entry: Entry) -> dict[str, Any]:
    value = entry.value
    return {
        "value": _number(value),
        "unit": str(entry.unit),
        "formula": entry.formula or None,
        "substituted": entry.substituted or None,
        "inputs": [_input_data(one) for one in entry.inputs],
        "expression": expression_of(value) or None,
        "bounds": _bounds(value),
        "alternatives": _alternatives(value),
        "missing": list(entry.missing or missing_of(value)),
        "reason": entry.reason or reason_of(value) or None,
        **_place(entry.place),
        "origin": entry.origin or None,
    }


def _input_data(one: Input) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "value": _number(one.value),
        "expression": one.text or expression_of(one.value) or None,
        **_place(one.place),
        "origin": one.origin or None,
    }


def _number(value: Value) -> Any:
    """Return a known value, with lists for tuples; None for what is not known."""
    return finite(value.value) if isinstance(value, Known) else None


def _bounds(value: Value) -> list[Any] | None:
    """Return the lowest and highest number that an unknown value can be; None in the list is no bound."""
    if isinstance(value, Known):
        return None
    low, high = bounds_of(value) or (None, None)
    return None if low is None and high is None else [finite(low), finite(high)]


def _alternatives(value: Value) -> list[dict[str, Any]]:
    if not isinstance(value, OneOf):
        return []
    return [{"value": finite(one.value), "when": one.when or None} for one in value.alternatives]


def _place(place: Place | None) -> dict[str, Any]:
    return place_data(place) if place is not None else dict(_NOWHERE)


# --- events, rate, outcome ------------------------------------------------------------------------------------------


def _events_data(plan: Plan) -> dict[str, Any]:
    found = dict(plan.events)
    names = (*EVENTS, *(name for name in found if name not in EVENTS))
    return {name: occurrences_data(found.get(name)) for name in names}


def occurrences_data(occurrences: Occurrences | None) -> Any:
    """Return the step numbers: all of them, or how many with the first and last; None if not known, [] for never."""
    if occurrences is None or occurrences.count is None:
        return None
    if occurrences.count == len(occurrences.head) <= LONGEST_LIST:
        return list(occurrences.head)
    return {"len": occurrences.count, "head": list(occurrences.head), "tail": list(occurrences.tail)}


def cadences_data(cadences: tuple[Cadence, ...]) -> dict[str, Any]:
    """Return how each event recurs; where several patterns add up, the further ones stand under `others`."""
    data: dict[str, Any] = {}
    for cadence in cadences:
        one = {
            "clock": cadence.clock,
            "every": _number(cadence.every),
            "from": _number(cadence.start),
            "also": list(cadence.also),
            **_place(cadence.place),
        }
        if cadence.event in data:
            data[cadence.event].setdefault("others", []).append(one)
        else:
            data[cadence.event] = one
    return data


def rate_data(rate: Rate) -> dict[str, Any]:
    return {
        "first": finite(rate.first),
        "peak": finite(rate.peak),
        "last": finite(rate.last),
        "series": [[step, finite(value)] for step, value in _thinned(rate.series)],
        "turns": [{"kind": kind, "tick": tick} for kind, tick in rate.turns],
        "reason": rate.reason or None,
    }


def _thinned(series: tuple[tuple[int, float], ...]) -> tuple[tuple[int, float], ...]:
    """Return at most 200 points of a series, evenly, the first and the last among them."""
    if len(series) <= LONGEST_SERIES:
        return series
    last = len(series) - 1
    return tuple(series[round(index * last / (LONGEST_SERIES - 1))] for index in range(LONGEST_SERIES))


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.kind,
        "error": outcome.error,
        "reason": outcome.reason or None,
        "refusal": outcome.refusal or None,
        "phase": outcome.phase or None,
    }
