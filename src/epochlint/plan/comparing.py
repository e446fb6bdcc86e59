"""What another release of a package changes in the plan of a run."""

from __future__ import annotations

from epochlint.expressions.evaluate import text_of
from epochlint.expressions.values import Known
from epochlint.knowledge.versions import admits, changes, compare, known_releases, packages_of
from epochlint.plan.plan import Cadence, Entry, Occurrences, Outcome, Plan, Rate
from epochlint.plan.planning import Planned
from epochlint.records import record, replace
from epochlint.runs.run import Pinned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from epochlint.expressions.values import Value
    from epochlint.plan.planned import Plans

    # What a plan says of one thing; None where it says nothing of it.
    State: TypeAlias = Entry | "Recurring" | Rate | Outcome | None


@record
class Recurring:
    """When an event happens, and in which patterns."""

    occurrences: Occurrences | None
    cadences: tuple[Cadence, ...]


@record
class Difference:
    """One thing of a plan that is not the same: a quantity or event by its name, `learning_rate` or `outcome`.

    `course` is what it is under the run's own release, and then each change on the way to the other one, with the
    release that brought it: what is new since that release or, on the way down, what was before it.
    """

    kind: str  # quantity, event, learning_rate, outcome
    name: str
    course: tuple[tuple[str, State], ...]


@record
class Comparison:
    """The plan of a run under its own release of a package beside the one under another release.

    `own` is empty, and nothing is compared, where no file tells the release of a package that is not the framework's.
    """

    package: str
    own: str
    other: str
    differences: tuple[Difference, ...] = ()
    upwards: bool = True
    remark: str = ""


def compared(plans: Plans, package: str, release: str) -> Comparison:
    """Compare the plan of a run with what another release of a package makes of the same run."""
    framework = plans.run.framework
    if package not in packages_of(framework):
        return Comparison(package, "", release, remark=f"a run of {framework.name} does not depend on {package}")
    own = plans.newest.releases[package]
    upwards = compare(own, release) <= 0
    turns = changes(framework, package, *((own, release) if upwards else (release, own))) or (release,)
    # Every turn is told by the release that brought it; on the way down it is left behind, for the stretch before it.
    labels = (own, *(turns if upwards else turns[::-1]))
    planned_at = (own, *(turns[:-1] if upwards else turns[-2::-1]), release)
    way = [(label, _under(plans, package, here)) for label, here in zip(labels, planned_at, strict=True)]
    known = known_releases(framework, package)
    remark = "" if admits(known, release) else f"the data are of {known}: {release} is taken to be like the nearest"
    return Comparison(package, own, release, _differences(way), upwards, remark)


def _under(plans: Plans, package: str, release: str) -> Plan:
    """Plan the run as if this release were pinned."""
    if plans.newest.releases.get(package) == release:
        return plans.newest.plan
    pins = tuple(pin for pin in plans.run.versions if pin.package != package)
    run = replace(plans.run, versions=(*pins, Pinned(package, f"=={release}", None, "assumed")))
    return Planned(run, plans.catalogue, plans.newest.releases | {package: release}, plans.memory).plan


def _differences(way: list[tuple[str, Plan]]) -> tuple[Difference, ...]:
    releases, plans = [release for release, _ in way], [plan for _, plan in way]
    quantities = dict.fromkeys(name for plan in plans for name, _ in plan.quantities)
    events = dict.fromkeys(name for plan in plans for name, _ in plan.events)
    found = [
        *(_course("quantity", name, releases, [plan.entry(name) for plan in plans]) for name in quantities),
        *(_course("event", name, releases, [_recurring(plan, name) for plan in plans]) for name in events),
        _course("learning_rate", "learning_rate", releases, [plan.rate for plan in plans]),
        _course("outcome", "outcome", releases, [plan.outcome for plan in plans]),
    ]
    return tuple(one for one in found if _essence(one.course[0][1]) != _essence(one.course[-1][1]))


def _course(kind: str, name: str, releases: list[str], states: Sequence[State]) -> Difference:
    """Follow one thing from release to release, and keep where it changes."""
    kept: list[tuple[str, State]] = []
    for release, state in zip(releases, states, strict=True):
        if not kept or _essence(kept[-1][1]) != _essence(state):
            kept.append((release, state))
    return Difference(kind, name, tuple(kept))


def _recurring(plan: Plan, name: str) -> Recurring:
    cadences = tuple(cadence for cadence in plan.cadence if cadence.event == name)
    return Recurring(dict(plan.events).get(name), cadences)


# --- what is the same -------------------------------------------------------------------------------------------------


def _essence(state: State) -> Any:
    """Return what makes a difference: numbers, not how they came about."""
    if isinstance(state, Entry):
        return _number(state.value)
    if isinstance(state, Recurring):
        patterns = tuple((one.clock, _number(one.every), _number(one.start), one.also) for one in state.cadences)
        happens = state.occurrences
        return (happens.count, happens.head, happens.tail, patterns) if happens else patterns
    if isinstance(state, Rate):
        return (*(_rounded(one) for one in (state.first, state.peak, state.last)), state.turns)
    return (state.kind, state.error, state.refusal) if state else None


def _number(value: Value) -> Any:
    """Return a known number, else what is known of it: a symbolic value has one form only."""
    return _rounded(value.value) if isinstance(value, Known) else text_of(value)


def _rounded(number: Any) -> Any:
    """Leave out the digits in which two ways to compute the same number may differ."""
    return float(f"{number:.12g}") if isinstance(number, float) else number
