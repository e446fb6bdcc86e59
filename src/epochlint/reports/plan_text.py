"""`epochlint plan` for people: one sentence, then every number with how it came about, then what is not known."""

from __future__ import annotations

from epochlint.expressions.evaluate import text_of
from epochlint.expressions.values import Known
from epochlint.reports.colour import PLAIN
from epochlint.reports.full import settled_by
from epochlint.reports.numbers import amount, estimate, expression_of, number, rate, reason_of, singular
from epochlint.reports.plan_sentence import sentence
from epochlint.reports.table import GAP, INDENT, NARROWEST, Table
from epochlint.reports.terminal import PIPE_COLUMNS, listed, safe, safe_path, shortened, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.dialects.readings import Setting
    from epochlint.places import Place
    from epochlint.plan.plan import Cadence, Entry, Occurrences, Plan
    from epochlint.reports.colour import Palette
    from epochlint.runs.run import Run

EVENTS = ("evaluations", "checkpoints", "logs")
SHOWN_STEPS = 6
LONGEST_PLACE, SHORTEST_PLACE = 36, 14

_ORIGINS = {"framework-default": "default", "computed": "", "known-dataset": "known data set"}
_OUTCOMES = {"completes": "completes", "never_ends": "never ends by itself", "unknown": "unknown"}


def plan_text(run: Run, plan: Plan, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield the lines of one run's plan."""
    yield palette.paint(_title(run, plan), "bold")
    yield safe(sentence(plan))
    yield ""
    yield from _quantities(plan, palette, columns).lines(columns)
    yield ""
    yield from _remarks(run, plan, palette).lines(columns)


def _title(run: Run, plan: Plan) -> str:
    version = f" {plan.version}" if plan.version else ""
    return f"Plan of {safe(run.name) or _where(run.place)} ({safe(run.framework.name + version)})"


# --- the numbers ----------------------------------------------------------------------------------------------------


def _quantities(plan: Plan, palette: Palette, columns: int) -> Table:
    """Return the table of quantities; where there is little room, places stand behind formulas and not beside them."""
    rows = [("quantity", "value", "how", "where")]
    for name, entry in plan.quantities:
        rows.append((name, safe(amount(entry.value, entry.unit)), safe(_how(entry)), _origin(entry)))
    fixed = max(width(row[0]) for row in rows) + max(width(row[1]) for row in rows) + INDENT + 3 * GAP
    longest = min(LONGEST_PLACE, columns - fixed - NARROWEST)
    if longest >= SHORTEST_PLACE:
        table = Table(("", "bold", "", "dim"), wide=2, largest={3: longest}, palette=palette)
        for row in rows:
            table.add(*row)
        return table
    table = Table(("", "bold", ""), wide=2, palette=palette)
    room = max(columns - fixed + GAP, NARROWEST)
    for name, value, how, where in rows:
        place = shortened(where, room, keep_end=True)
        table.add(name, value, f"{how}, {place}" if how and place else how or place)
    return table


def _how(entry: Entry) -> str:
    """Return the formula with numbers (names, where they are not known), or why the value is unknown."""
    if entry.substituted and entry.substituted != text_of(entry.value):
        return entry.substituted
    if entry.formula and entry.formula != entry.quantity:
        return entry.formula
    expression = expression_of(entry.value)
    return entry.reason or reason_of(entry.value) or (expression if expression != entry.quantity else "")


def _origin(entry: Entry) -> str:
    return _where(entry.place) if entry.place is not None else _ORIGINS.get(entry.origin, entry.origin)


def _where(place: Place) -> str:
    return safe_path(str(place))


# --- what follows them ----------------------------------------------------------------------------------------------


def _remarks(run: Run, plan: Plan, palette: Palette) -> Table:
    table = Table(("note", ""), wide=1, palette=palette)
    for loser, winner in run.superseded:
        table.add("overridden", safe(f"{_setting(loser)} by {_setting(winner)}"))
    for remark in run.remarks:
        table.add("remark", safe(remark))
    for name in EVENTS:
        event = _event(plan, name)
        if event:
            table.add(name, safe(event))
    if plan.rate.first is not None or plan.rate.peak is not None or plan.rate.last is not None or plan.rate.reason:
        table.add("learning rate", safe(_rate(plan)))
    table.add("outcome", safe(_outcome(plan)))
    missing = tuple(dict.fromkeys(name for _, entry in plan.quantities for name in entry.missing))
    if missing:
        table.add("missing", safe(settled_by(missing)))
    return table


def _setting(setting: Setting) -> str:
    place = setting.place or setting.given_at
    where = f" ({_where(place)})" if place is not None else ""
    return f"{setting.option} {setting.text or text_of(setting.value)}{where}"


def _event(plan: Plan, name: str) -> str:
    """Return how often an event happens, in which pattern, and at which steps."""
    occurrences = dict(plan.events).get(name)
    patterns = [_pattern(cadence) for cadence in plan.cadence if cadence.event == name and cadence.every != Known(None)]
    if occurrences is None:
        return "; ".join(patterns)
    return "; ".join(part for part in (_how_often(occurrences), *patterns, _steps(occurrences)) if part)


def _how_often(occurrences: Occurrences) -> str:
    if occurrences.count is None:
        return f"unknown how often ({occurrences.reason})" if occurrences.reason else "unknown how often"
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


def _rate(plan: Plan) -> str:
    known = plan.rate
    if known.first is None and known.peak is None and known.last is None:
        return f"unknown ({known.reason})"
    turns = "".join(f"; {kind} at tick {tick:,}" for kind, tick in known.turns)
    first, peak, last = rate(known.first), rate(known.peak), rate(known.last)
    return f"{first} at the first step, {peak} at its peak, {last} at the last step{turns}"


def _outcome(plan: Plan) -> str:
    outcome = plan.outcome
    reason = f": {outcome.reason}" if outcome.reason else ""
    if outcome.kind == "raises":
        phase = f" ({outcome.phase})" if outcome.phase else ""
        return f"raises {outcome.error or 'an error'}{phase}{reason}"
    return _OUTCOMES.get(outcome.kind, outcome.kind) + reason
