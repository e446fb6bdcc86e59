"""`epochlint plan` for people: one sentence, then every number with how it came about, then what is not known."""

from __future__ import annotations

from epochlint.expressions.evaluate import text_of
from epochlint.expressions.values import Known
from epochlint.reports.colour import PLAIN
from epochlint.reports.full import settled_by
from epochlint.reports.numbers import estimate, number, rate, singular
from epochlint.reports.plan_sentence import missing_in, sentence
from epochlint.reports.plan_table import quantities
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, listed, safe, safe_path, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.dialects.readings import Setting
    from epochlint.places import Place
    from epochlint.plan.plan import Cadence, Occurrences, Outcome, Plan, Rate
    from epochlint.reports.colour import Palette
    from epochlint.runs.run import Run

EVENTS = ("evaluations", "checkpoints", "logs")
SHOWN_STEPS = 6

_OUTCOMES = {"completes": "completes", "never_ends": "never ends by itself", "unknown": "unknown"}


def plan_text(run: Run, plan: Plan, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield the lines of one run's plan."""
    yield palette.paint(_title(run, plan), "bold")
    yield from wrapped(safe(sentence(plan)), columns)
    yield ""
    yield from quantities(run, plan, palette, columns).lines(columns)
    yield ""
    yield from _remarks(run, plan, palette).lines(columns)


def _title(run: Run, plan: Plan) -> str:
    version = f" {plan.version}" if plan.version else ""
    return f"{title_of(run)} ({safe(run.framework.name + version)})"


def title_of(run: Run) -> str:
    return f"Plan of {safe(run.name) or _where(run.place)}"


def _where(place: Place) -> str:
    return safe_path(str(place))


def _remarks(run: Run, plan: Plan, palette: Palette) -> Table:
    table = Table(("note", ""), wide=1, palette=palette)
    for loser, winner in run.superseded:
        table.add("overridden", safe(f"{_setting(loser)} by {_setting(winner)}"))
    for remark in run.remarks:
        table.add("remark", safe(remark))
    for name in EVENTS:
        cadences = tuple(cadence for cadence in plan.cadence if cadence.event == name)
        event = event_text(dict(plan.events).get(name), cadences)
        if event:
            table.add(name, safe(event))
    if plan.rate.first is not None or plan.rate.peak is not None or plan.rate.last is not None or plan.rate.reason:
        table.add("learning rate", safe(rate_text(plan.rate)))
    table.add("outcome", safe(outcome_text(plan.outcome)))
    missing = missing_in(plan)
    if missing:
        table.add("missing", safe(settled_by(missing)))
    return table


def _setting(setting: Setting) -> str:
    place = setting.place or setting.given_at
    where = f" ({_where(place)})" if place is not None else ""
    return f"{setting.option} {setting.text or text_of(setting.value)}{where}"


def event_text(occurrences: Occurrences | None, cadences: tuple[Cadence, ...]) -> str:
    """Return how often an event happens, in which pattern, and at which steps."""
    patterns = [_pattern(cadence) for cadence in cadences if cadence.every != Known(None)]
    if occurrences is None:
        return "; ".join(patterns)
    return "; ".join(part for part in (_how_often(occurrences), *patterns, _steps(occurrences)) if part)


def _how_often(occurrences: Occurrences) -> str:
    if occurrences.count is None:
        return f"unknown ({occurrences.reason})" if occurrences.reason else "unknown"
    return {0: "never", 1: "once"}.get(occurrences.count, f"{occurrences.count:,} times")


def _pattern(cadence: Cadence) -> str:
    start = cadence.start.value if isinstance(cadence.start, Known) else None
    after = f", after {number(start)}" if isinstance(start, int | float) and start else ""
    also = f", and at {listed([one.replace('_', ' ') for one in cadence.also])}" if cadence.also else ""
    where = f" ({_where(cadence.place)})" if cadence.place is not None else ""
    every = singular(cadence.clock) if cadence.every == Known(1) else f"{estimate(cadence.every)} {cadence.clock}"
    return f"every {every}{after}{also}{where}"


def _steps(occurrences: Occurrences) -> str:
    if not occurrences.count or not occurrences.head:
        return ""
    steps = [f"{step:,}" for step in occurrences.head[: SHOWN_STEPS + 1]]
    if occurrences.count > SHOWN_STEPS:
        last = (*occurrences.head, *occurrences.tail)[-1]
        steps = [*steps[: SHOWN_STEPS - 2], "…", f"{last:,}"]
    return f"at {'step' if occurrences.count == 1 else 'steps'} {', '.join(steps)}"


def rate_text(known: Rate) -> str:
    if known.first is None and known.peak is None and known.last is None:
        return f"unknown ({known.reason})"
    turns = "".join(f"; {kind} at tick {tick:,}" for kind, tick in known.turns)
    first, peak, last = rate(known.first), rate(known.peak), rate(known.last)
    if first == peak == last and not known.turns:
        return f"{first} throughout"
    return f"{first} at the first step, {peak} at its peak, {last} at the last step{turns}"


def outcome_text(outcome: Outcome) -> str:
    reason = f": {outcome.reason}" if outcome.reason else ""
    if outcome.kind == "raises":
        phase = f" ({outcome.phase})" if outcome.phase else ""
        return f"raises {outcome.error or 'an error'}{phase}{reason}"
    return _OUTCOMES.get(outcome.kind, outcome.kind) + reason
