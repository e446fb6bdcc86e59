"""Schedules with a warmup, which state twice how long they are: by the warmup and by the whole.

Both are compared by what they are made of, over the script's own names, so no run has to be in sight.
"""

from __future__ import annotations

from epochlint.checking.documents import findings_about
from epochlint.checking.subject import Facts
from epochlint.dialects.endings import Ending, term_of
from epochlint.expressions.values import Known, Symbolic, Value
from epochlint.findings.finding import Finding
from epochlint.knowledge.store import Catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.expressions.atoms import Monomial


def check_curves(made: Iterable[Ending], catalogue: Catalogue, selected: frozenset[str]) -> tuple[Finding, ...]:
    """Check the schedules that a script makes."""
    rules = [rule for rule in catalogue.rules_about("curve", "") if rule.name in selected]
    if not rules:
        return ()
    return tuple(finding for ending in made for finding in findings_about(_curve(ending), rules))


def _curve(ending: Ending) -> Facts:
    subject = Facts(f"curve {ending.schedule.name}", ending.place)
    subject.add("schedule", Known(ending.schedule.title), ending.place)
    subject.add("schedule.name", Known(ending.schedule.name))
    subject.add("composition", Known(ending.schedule.composition))
    subject.add("length", ending.last.value, ending.last.place, ending.last.text)
    subject.add("warmup", ending.warmup.value, ending.warmup.place, ending.warmup.text)
    _add_missing(ending, subject)
    return subject


def _add_missing(ending: Ending, subject: Facts) -> None:
    """Add how many warmups the schedule ends before `whole`, the length that they are subtracted from."""
    from epochlint.expressions.algebra import Term
    from epochlint.expressions.term_text import text

    # what a formula such as `max(0, n)` makes of it hides what it is made of
    end = next((one for one in (ending.end, ending.as_passed) if _missing(one, ending.warmup.form)), ending.end)
    missing = _missing(end, ending.warmup.form)
    subject.add("warmups_missing", Known(missing))
    if missing and isinstance(end, Symbolic):
        warmup = term_of(ending.warmup.form)
        if warmup is not None:
            rest = [Term({one: many}) for one, many in end.term.parts.items() if one]
            taken = _names(next(iter(warmup.parts)))
            whole = next((one for one in rest if _names(next(iter(one.parts))) != taken), end.term)
            subject.add("whole", Known(text(whole)))


def _missing(end: Value, own_form: Value) -> int:
    """Return how often the warmup is subtracted from the end of the whole schedule; 0 where it is not."""
    warmup = term_of(own_form)
    if warmup is None or not isinstance(end, Symbolic) or len(warmup.parts) != 1:
        return 0
    ((monomial, own),) = warmup.parts.items()
    wanted = _names(monomial)
    taken = sum(coefficient for other, coefficient in end.term.parts.items() if _names(other) == wanted)
    rest = [coefficient for other, coefficient in end.term.parts.items() if other and _names(other) != wanted]
    if len(rest) != 1 or rest[0] <= 0 or not own:
        return 0
    times = -taken / own
    return int(times) if times > 0 and times == int(times) else 0


def _names(monomial: Monomial) -> frozenset[tuple[object, int]]:
    """Return a product by the names in it: a parameter that is declared an int is the same thing as the bare name."""
    return frozenset((getattr(atom, "name", atom), power) for atom, power in monomial)
