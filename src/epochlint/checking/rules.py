"""Evaluating rules: each once per subject, under every release that the files admit."""

from __future__ import annotations

from epochlint.checking.claims import claims
from epochlint.checking.everywhere import holds_everywhere, one_by_one
from epochlint.checking.factors import over
from epochlint.checking.messages import fill
from epochlint.checking.subject import Facts, Subject
from epochlint.checking.subjects import CLAIM, POLICY, SUBJECTS, SUM, no_subjects
from epochlint.expressions.evaluate import evaluate, missing_of, truth
from epochlint.expressions.language import Expression, names_in_order
from epochlint.expressions.values import Known, Value
from epochlint.findings.finding import Edit, Finding, Related, TextEdit
from epochlint.knowledge.rule import Guarded, Rule
from epochlint.knowledge.store import Catalogue
from epochlint.plan.planned import Plans
from epochlint.plan.settling import lone_symbol
from epochlint.records import record
from epochlint.sources.documents import Document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from epochlint.checking.policies import Policy
    from epochlint.plan.planning import Planned

    MakeSubjects: TypeAlias = Callable[[Planned], Iterator[Subject]]


@record
class Verdict:
    """What checking one run gives: findings, and how many rules could not be decided because of what is not known."""

    findings: tuple[Finding, ...]
    undecided: tuple[tuple[str, tuple[str, ...]], ...]  # (rule, what would settle it)


def check_run(
    plans: Plans,
    catalogue: Catalogue,
    selected: frozenset[str],
    documents: tuple[Document, ...] = (),
    wanted: tuple[Policy, ...] = (),
) -> Verdict:
    """Check one run against every selected rule that could concern it.

    `documents` are those that it is written in, `wanted` what the configuration wants of its numbers.
    """
    findings: list[Finding] = []
    undecided: list[tuple[str, tuple[str, ...]]] = []
    framework = plans.run.framework.name
    for about, make_subjects in _makers(documents, wanted).items():
        if selected.isdisjoint([entry.name for entry in catalogue.index.rules_about(about, framework)]):
            continue
        rules: list[Rule] = []  # opened when there is something that they are about
        for subject in one_by_one(plans.newest, make_subjects(plans.newest)):
            rules = rules or [rule for rule in catalogue.rules_about(about, framework) if rule.name in selected]
            for rule in rules:
                evaluation = Evaluation(rule, subject)
                held = evaluation.holds()
                if held is None and evaluation.missing:
                    undecided.append((rule.name, evaluation.missing))
                if held is False or (held is None and not rule.may):
                    continue
                everywhere = None
                if held is True:
                    everywhere = about in (CLAIM, SUM) or _holds_in_other_releases(rule, subject, plans, make_subjects)
                if everywhere is False:
                    continue
                findings.append(evaluation.finding(certain=everywhere is True))
    return Verdict(tuple(findings), tuple(undecided))


def _makers(documents: tuple[Document, ...], wanted: tuple[Policy, ...]) -> dict[str, MakeSubjects]:
    """Return what makes the subjects of each kind."""
    of_policies: MakeSubjects = no_subjects
    if wanted:
        from functools import partial

        from epochlint.checking.policies import policies

        of_policies = partial(policies, wanted=wanted)
    return {
        **SUBJECTS,
        CLAIM: lambda planned: claims(planned, documents),
        SUM: lambda planned: _sums(planned, documents),
        POLICY: of_policies,
    }


def _sums(planned: Planned, documents: tuple[Document, ...]) -> Iterator[Subject]:
    """Yield the products that comments write out; most files have none, and need none of the code for them."""
    for document in documents:
        text = document.text
        if "#" in text and "=" in text and ("*" in text or "×" in text or " x " in text):
            from epochlint.checking.sums import sums

            yield from sums(planned, document)


def _holds_in_other_releases(rule: Rule, subject: Subject, plans: Plans, make_subjects: MakeSubjects) -> bool | None:
    """Tell whether the rule fires on the same subject under each release that the files admit.

    False if it cannot in one of them; None if it may or may not in some, which makes the finding likely.
    """

    def holds(planned: Planned) -> bool | None:
        twins = [twin for twin in make_subjects(planned) if twin.anchor == subject.anchor]
        held = [Evaluation(rule, twin).holds() for twin in twins]
        return True if True in held else None if None in held else False

    return holds_everywhere(plans, holds)


class Evaluation:
    """One rule, evaluated for one subject."""

    def __init__(self, rule: Rule, subject: Facts) -> None:
        self.rule = rule
        self.subject = subject
        self._let: dict[str, Expression] = {formula.quantity: formula.expression for formula in rule.let}
        self._values: dict[str, Value] = {}
        self._special: dict[str, Callable[..., Value]] = {
            **subject.special(),
            "written": subject.written,
            "counts": self._counts,
            "over": lambda top, bottom: over(self._form(top), self._form(bottom)),
            "lone": lambda name: Known(lone_symbol(self._form(name)) is not None),
        }
        self.missing: tuple[str, ...] = ()

    def _form(self, name: str) -> Value:
        return self.value(name) if name in self._let else self.subject.form(name)

    def _counts(self, name: str) -> Value:
        """Tell what a number counts by what it is made of: samples, micro-batches, steps, epochs, "" if unclear."""
        made = self.subject.makings.made(self._form(name)) if isinstance(self.subject, Subject) else None
        return Known(made.counts if made else "")

    def value(self, name: str) -> Value:
        if name in self._let:
            if name not in self._values:
                self._values[name] = self._evaluate(self._let[name])
            return self._values[name]
        return self.subject.value(name)

    def _evaluate(self, expression: Expression) -> Value:
        return evaluate(expression, self.value, self._special)

    def holds(self) -> bool | None:
        if self.rule.written and not any(self.subject.written(name) == Known(True) for name in self.rule.written):
            return False
        value = self._evaluate(self.rule.condition)
        held = truth(value)
        self.missing = missing_of(value) if held is None else ()
        return held

    def finding(self, certain: bool) -> Finding:
        rule, subject = self.rule, self.subject
        places = [found for name in rule.at if (found := subject.place(name)) is not None]
        place = next((one for one in places if subject.is_own(one)), places[0] if places else subject.where)
        for name in self._let:
            subject.add(name, self.value(name))
        severity = self._first(rule.severity)
        if rule.consequence and severity != "note" and subject.is_smoke():
            severity = "note"
        related = tuple(
            Related(found, fill(one.message, subject))
            for one in rule.related
            if (found := subject.place(one.at)) is not None and found != place
        )
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
            framework=subject.framework,
            run=subject.run,
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

    def _derivation(self) -> Iterator[str]:
        """Yield a line for each quantity of the condition that was computed."""
        used = [name for formula in self.rule.let for name in names_in_order(formula.expression)]
        for name in dict.fromkeys([*names_in_order(self.rule.condition), *used]):
            line = self.subject.derivation(name)
            if line:
                yield line

    def _data(self) -> tuple[tuple[str, int | float | str | bool | None], ...]:
        numbers = []
        for name in dict.fromkeys(names_in_order(self.rule.condition)):
            value = self.value(name)
            if isinstance(value, Known) and isinstance(value.value, int | float | str | bool):
                numbers.append((name, value.value))
        return tuple(sorted(numbers))

    def _edit(self) -> Edit | None:
        edit = self.rule.edit
        place = self.subject.place(edit.at) if edit is not None else None
        if edit is None or place is None:
            return None
        change = TextEdit(place, fill(edit.text, self.subject), edit.operation)
        return Edit(fill(edit.title, self.subject), edit.safety, (change,))
