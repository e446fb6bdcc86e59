"""Evaluating rules: each once per subject, under every release that the files admit."""

from __future__ import annotations

from collections.abc import Iterator

from epochlint.checking.factors import over
from epochlint.checking.made_of import Makings
from epochlint.checking.messages import derivation_line, fill
from epochlint.checking.subject import Subject
from epochlint.checking.subjects import SUBJECTS
from epochlint.expressions.evaluate import evaluate, missing_of, truth
from epochlint.expressions.language import Expression, names_in_order
from epochlint.expressions.values import Known, Value
from epochlint.findings.finding import Edit, Finding, Related, TextEdit
from epochlint.knowledge.catalogue import Guarded, Rule
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.knowledge.store import Catalogue
from epochlint.plan.plan import Entry
from epochlint.plan.planned import Plans
from epochlint.plan.settling import lone_symbol
from epochlint.records import record

TINY_RUN = 100  # optimizer steps: below it, an interval or a warmup that does not fit is a smoke test


@record
class Verdict:
    """What checking one run gives: findings, and how many rules could not be decided because of what is not known."""

    findings: tuple[Finding, ...]
    undecided: tuple[tuple[str, tuple[str, ...]], ...]  # (rule, what would settle it)


def check_run(plans: Plans, catalogue: Catalogue, selected: frozenset[str]) -> Verdict:
    """Check one run against every selected rule that could concern it."""
    findings: list[Finding] = []
    undecided: list[tuple[str, tuple[str, ...]]] = []
    for about, make_subjects in SUBJECTS.items():
        rules = [rule for rule in catalogue.rules_about(about, plans.run.framework.name) if rule.name in selected]
        if not rules:
            continue
        for subject in make_subjects(plans.newest):
            for rule in rules:
                evaluation = Evaluation(rule, subject)
                held = evaluation.holds()
                if held is None and evaluation.missing:
                    undecided.append((rule.name, evaluation.missing))
                if held is False or (held is None and not rule.may):
                    continue
                everywhere = _holds_in_other_releases(rule, subject, plans) if held is True else None
                if everywhere is False:
                    continue
                finding = evaluation.finding(certain=everywhere is True)
                if finding is not None:
                    findings.append(finding)
    return Verdict(tuple(findings), tuple(undecided))


def _holds_in_other_releases(rule: Rule, subject: Subject, plans: Plans) -> bool | None:
    """Tell whether the rule fires on the same subject under each release that the files admit.

    False if it cannot in one of them; None if it may or may not in some, which makes the finding likely.
    """
    everywhere: bool | None = True
    for planned in plans.others():
        twins = [twin for twin in SUBJECTS[rule.about](planned) if twin.anchor == subject.anchor]
        held = [Evaluation(rule, twin).holds() for twin in twins]
        if True in held:
            continue
        if None not in held:
            return False
        everywhere = None
    return everywhere


class Evaluation:
    """One rule, evaluated for one subject."""

    def __init__(self, rule: Rule, subject: Subject) -> None:
        self.rule = rule
        self.subject = subject
        self._let: dict[str, Expression] = {formula.quantity: formula.expression for formula in rule.let}
        self._values: dict[str, Value] = {}
        derivation = subject.planned.derivation
        self._makings = Makings(subject.planned)
        self._special = {
            **derivation.special,
            "written": self._written,
            "form_of": self._makings.form,
            "counts": self._counts,
            "over": lambda top, bottom: over(self._form(top), self._form(bottom)),
            "lone": lambda name: Known(lone_symbol(self._form(name)) is not None),
        }
        self.missing: tuple[str, ...] = ()

    def _written(self, name: str) -> Value:
        if self.subject.knows(f"{name}.origin"):
            return Known(self.subject.value(f"{name}.origin") != Known("framework-default"))
        return Known(self.subject.planned.derivation.is_written(name))

    def _counts(self, name: str) -> Value:
        """Tell what a number counts by what it is made of: samples, micro-batches, steps, epochs, batch size, "" if
        unclear."""
        made = self._makings.made(self._form(name))
        return Known(made.counts if made else "")

    def _form(self, name: str) -> Value:
        return self.value(name) if name in self._let or self.subject.knows(name) else self._makings.form(name)

    def value(self, name: str) -> Value:
        if name in self._let:
            if name not in self._values:
                self._values[name] = self._evaluate(self._let[name])
            return self._values[name]
        return self.subject.value(name)

    def _evaluate(self, expression: Expression) -> Value:
        return evaluate(expression, self.value, self._special)

    def holds(self) -> bool | None:
        if self.rule.written and not any(self._written(name) == Known(True) for name in self.rule.written):
            return False
        value = self._evaluate(self.rule.condition)
        held = truth(value)
        self.missing = missing_of(value) if held is None else ()
        return held

    def finding(self, certain: bool) -> Finding | None:
        rule, subject = self.rule, self.subject
        place = next((found for name in rule.at if (found := subject.place(name)) is not None), None)
        if place is None:
            place = subject.planned.run.place
        for name in self._let:
            subject.add(name, self.value(name))
        severity = self._first(rule.severity)
        if rule.consequence and severity != "note" and self._is_smoke():
            severity = "note"
        related = tuple(
            Related(found, fill(one.message, subject))
            for one in rule.related
            if (found := subject.place(one.at)) is not None and found != place
        )
        run = subject.planned.run
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=severity,
            certainty=self._first(rule.certainty) if certain else "likely",
            message=fill(self._first(rule.message), subject),
            place=place,
            related=related,
            derivation=tuple(self._derivation()),
            help=fill(rule.help, subject),
            unknowns=self.missing,
            framework=run.framework.name,
            run=run.name,
            data=self._data(),
            anchor=subject.anchor,
            fix=self._edit(),
            label=fill(rule.label, subject),
        )

    def _first(self, choices: tuple[Guarded, ...]) -> str:
        for choice in choices:
            if choice.condition is None or truth(self._evaluate(choice.condition)) is True:
                return choice.text
        return choices[-1].text if choices else ""

    def _is_smoke(self) -> bool:
        if self.subject.planned.run.smoke:
            return True
        steps = self.subject.planned.derivation.value("total_steps")
        return isinstance(steps, Known) and isinstance(steps.value, int | float) and steps.value <= TINY_RUN

    def _derivation(self) -> Iterator[str]:
        """Yield a line for each quantity of the condition that was computed."""
        used = [
            *names_in_order(self.rule.condition),
            *(name for formula in self.rule.let for name in names_in_order(formula.expression)),
        ]
        for name in dict.fromkeys(used):
            if name in QUANTITIES and not self.subject.knows(name):
                entry = self.subject.planned.derivation.explained(name)
                if entry.substituted and isinstance(entry.value, Known) and not _is_trivial(entry):
                    yield derivation_line(self.subject, name)

    def _data(self) -> tuple[tuple[str, int | float | str | bool | None], ...]:
        numbers = []
        for name in dict.fromkeys(names_in_order(self.rule.condition)):
            value = self.value(name)
            if isinstance(value, Known) and isinstance(value.value, int | float | str | bool):
                numbers.append((name, value.value))
        return tuple(sorted(numbers))

    def _edit(self) -> Edit | None:
        edit = self.rule.edit
        if edit is None:
            return None
        place = self.subject.place(edit.at)
        if place is None:
            return None
        change = TextEdit(place, fill(edit.text, self.subject), edit.operation)
        return Edit(fill(edit.title, self.subject), edit.safety, (change,))


def _is_trivial(entry: Entry) -> bool:
    """Tell whether a formula only hands on the one number it is given."""
    return len(entry.inputs) <= 1 and all(used.value == entry.value for used in entry.inputs)
