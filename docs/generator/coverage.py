"""Which frameworks have what a rule speaks of.

A framework is covered unless it is plain from its file that the rule cannot fire there: no override, interval or
refusal of it can satisfy the condition, or a quantity that the condition needs is not among its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from epochlint.checking.scripts import OBSERVED
from epochlint.expressions.evaluate import evaluate, truth
from epochlint.expressions.values import UNKNOWN, Known, Scalar, Value
from epochlint.knowledge.catalogue import ComponentSpec, Framework
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.knowledge.rule import Rule
from epochlint.knowledge.store import Catalogue

Names = dict[str, Scalar]

# Quantities that the files of no framework need to tell: they come from data, launchers and --assume.
SUPPLIED = frozenset({"dataset_size", "eval_dataset_size", "world_size"})


class Coverage:
    """The frameworks of a catalogue, and which of them a rule is about."""

    def __init__(self, catalogue: Catalogue) -> None:
        found = (catalogue.framework(name) for name in sorted(catalogue.framework_names))
        # Those that are only a part of a run (a launcher's configuration) or of a file are about no run of their own.
        self.frameworks = [one for one in found if any(not signature.partial for signature in one.signatures)]

    def told(self, rule: Rule, needs: frozenset[str]) -> str:
        """Return the frameworks of a rule in words."""
        if rule.about in OBSERVED:
            return "none needed"
        covered = self.of(rule, needs)
        if len(covered) == len(self.frameworks):
            return "all"
        return ", ".join(f"[{name}](../docs/frameworks/{name}.md)" for name in covered)

    def of(self, rule: Rule, needs: frozenset[str]) -> tuple[str, ...]:
        """Return the names of the frameworks that a rule is about; `needs` are names without which it cannot fire."""
        if rule.frameworks:
            return rule.frameworks
        subjects = SUBJECTS.get(rule.about, _anything)
        return tuple(
            one.name
            for one in self.frameworks
            if _has(one, needs & QUANTITIES.keys()) and any(_can_fire(rule, names) for names in subjects(one, needs))
        )


def _has(framework: Framework, quantities: frozenset[str]) -> bool:
    told = {option.quantity for option in framework.options} | {formula.quantity for formula in framework.plan}
    return quantities <= told | SUPPLIED


def _can_fire(rule: Rule, names: Names) -> bool:
    def lookup(name: str) -> Value:
        return Known(names[name]) if name in names else UNKNOWN

    return truth(evaluate(rule.condition, lookup, _QUESTIONS)) is not False


# What is asked about a user's files.
_QUESTIONS: dict[str, Callable[..., Value]] = dict.fromkeys(
    ("given", "written", "known", "must", "asked", "is_a"), lambda *_: UNKNOWN
)


# --- what is known of the subjects of a rule without any file of a user's --------------------------------------------


def _runs(framework: Framework, needs: frozenset[str]) -> Iterator[Names]:
    names = {formula.quantity for formula in framework.let} | {option.name for option in framework.options} | {"ends"}
    if needs <= names | QUANTITIES.keys():
        yield {}


def _anything(_framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    yield {}


def _loops(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    if any(signature.loop for signature in framework.signatures):
        yield {}


def _overrides(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for override in framework.overrides:
        yield {
            f"{side}.quantity": _quantity(framework, name)
            for side, name in (("winner", override.winner), ("loser", override.loser))
        }


def _ignored(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for part in _parts(framework):
        for ignored in part.ignored:
            yield {"option": ignored.option, "option.quantity": _quantity(framework, ignored.option)}


def _refusals(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for part in _parts(framework):
        for refusal in part.refusals:
            yield {
                "refusal": refusal.name,
                "error": refusal.error,
                "phase": refusal.phase,
                "told_by": refusal.rule or None,
            }


def _intervals(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for part in _parts(framework):
        for event in part.events:
            yield {"event": event.event, "clock": event.clock}


def _settings(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for part in _parts(framework):
        for option in part.options:
            yield {"quantity": option.quantity, "types": option.types, "coerced": "string" in option.coerces}


def _schedules(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    if framework.schedules:
        yield {}


def _components(framework: Framework, _: frozenset[str]) -> Iterator[Names]:
    for component in framework.components:
        yield {"component": component.name}


def _parts(framework: Framework) -> Iterator[Framework | ComponentSpec]:
    yield framework
    yield from framework.components


def _quantity(framework: Framework, name: str) -> str:
    option = framework.option(name)
    return option.quantity if option else ""


SUBJECTS: dict[str, Callable[[Framework, frozenset[str]], Iterator[Names]]] = {
    "run": _runs,
    "loop": _loops,
    "override": _overrides,
    "ignored": _ignored,
    "refusal": _refusals,
    "interval": _intervals,
    "setting": _settings,
    "component": _components,
    "schedule": _schedules,
}
