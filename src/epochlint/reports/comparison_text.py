"""`epochlint plan --against PACKAGE=RELEASE` for people: what is different, from release to release."""

from __future__ import annotations

from epochlint.plan.comparing import Recurring
from epochlint.plan.plan import Entry, Outcome, Rate
from epochlint.reports.colour import PLAIN
from epochlint.reports.numbers import amount
from epochlint.reports.plan_table import how, where
from epochlint.reports.plan_text import event_text, outcome_text, rate_text, title_of
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, safe, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.plan.comparing import Comparison, Difference, State
    from epochlint.reports.colour import Palette
    from epochlint.runs.run import Run


def comparison_text(
    run: Run, comparison: Comparison, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS
) -> Iterator[str]:
    """Yield the lines of one run's comparison."""
    own = f" {comparison.own}" if comparison.own else ""
    yield palette.paint(safe(f"{title_of(run)}: {comparison.package}{own} against {comparison.other}"), "bold")
    if comparison.remark:
        yield from wrapped(safe(comparison.remark), columns)
    if not comparison.differences:
        if comparison.own:
            yield "Nothing is different"
        return
    yield ""
    table = Table(("", "", "bold", ""), wide=3, palette=palette)
    for difference in comparison.differences:
        for row in _rows(difference, comparison.upwards):
            table.add(*row)
    yield from table.lines(columns)


def _rows(difference: Difference, upwards: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield what it is under the run's own release, and below it each change on the way to the other one."""
    for number, (release, state) in enumerate(difference.course):
        name = "" if number else difference.name.replace("_", " ", difference.kind == "learning_rate")
        when = f"{'since' if upwards else 'before'} {release}" if number else release
        value, why = _told(state)
        yield name, safe(when), safe(value), safe(why)


def _told(state: State) -> tuple[str, str]:
    """Return a value, and how it comes about; what is no number is told in the wide column alone."""
    if isinstance(state, Entry):
        return amount(state.value, state.unit), how(state) or where(state, "")
    if isinstance(state, Recurring):
        return "", event_text(state.occurrences, state.cadences)
    if isinstance(state, Rate):
        return "", rate_text(state)
    return ("", outcome_text(state)) if isinstance(state, Outcome) else ("none", "")
