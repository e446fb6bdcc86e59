"""What another release changes, as data for JSON: the key `against` of a run."""

from __future__ import annotations

from epochlint.plan.comparing import Recurring
from epochlint.plan.plan import Entry, Outcome, Rate
from epochlint.reports.json_plan import cadences_data, entry_data, occurrences_data, outcome_data, rate_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.plan.comparing import Comparison, State


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    return {
        "package": comparison.package,
        "own_release": comparison.own or None,
        "release": comparison.other,
        "upwards": comparison.upwards,
        "differences": [
            {
                "kind": difference.kind,
                "name": difference.name,
                "course": [{"release": release, "state": _state_data(state)} for release, state in difference.course],
            }
            for difference in comparison.differences
        ],
        "remark": comparison.remark or None,
    }


def _state_data(state: State) -> Any:
    if isinstance(state, Entry):
        return entry_data(state)
    if isinstance(state, Recurring):
        (cadence,) = cadences_data(state.cadences).values() or (None,)
        return {"steps": occurrences_data(state.occurrences), "cadence": cadence}
    if isinstance(state, Rate):
        return rate_data(state)
    return outcome_data(state) if isinstance(state, Outcome) else None
