"""Filling the templates of messages: numbers with separators, the user's own text, a formula with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from epochlint.expressions.evaluate import bounds_of, text_of
from epochlint.expressions.values import Known, Symbolic, Value
from epochlint.knowledge.quantities import QUANTITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from epochlint.plan.planning import Planned

    class Subject(Protocol):
        """What a template may speak of: names with values and the user's own texts, before a plan."""

        planned: Planned

        def value(self, name: str) -> Value: ...
        def text(self, name: str) -> str: ...
        def knows(self, name: str) -> bool: ...


_PLURALS = ("steps", "epochs", "samples", "micro-batches", "batches", "processes", "ticks", "times", "evaluations")


def fill(template: str, subject: Subject) -> str:
    """Replace `{name}` by the value, `{name.source}` by what the user wrote, `{name.derivation}` by the formula with
    numbers."""
    text = "".join(_render(part, subject) if is_name else part for is_name, part in _split(template))
    return _singular(text)


def _split(template: str) -> Iterator[tuple[bool, str]]:
    rest = template
    while rest:
        before, opening, after = rest.partition("{")
        if before:
            yield False, before
        if not opening:
            return
        name, closing, rest = after.partition("}")
        yield (True, name) if closing else (False, opening + name)


def _render(name: str, subject: Subject) -> str:
    base, _, form = name.rpartition(".")
    if form == "source" and base:
        return subject.text(base) or text_of(subject.value(base))
    if form == "derivation" and base:
        return derivation_line(subject, base)
    value = subject.value(name)
    if isinstance(value, Known) and isinstance(value.value, str):
        return value.value
    return in_words(value)


def in_words(value: Value) -> str:
    """Return a number for a sentence: where it is not known but bounded, the bound ("at most 710")."""
    if isinstance(value, Symbolic):
        low, high = bounds_of(value) or (None, None)
        if high is not None:
            return f"at most {text_of(Known(high))}"
        if low is not None and low > 1:
            return f"at least {text_of(Known(low))}"
    if isinstance(value, Known) and isinstance(value.value, float):
        return text_of(Known(float(f"{value.value:.4g}"))) if value.value == value.value else text_of(value)
    return text_of(value)


def _singular(text: str) -> str:
    """Say `1 step`, not `1 steps`."""
    for plural in _PLURALS:
        text = f" {text}".replace(f" 1 {plural}", f" 1 {_one(plural)}")[1:]
    return text


def _one(plural: str) -> str:
    return plural.removesuffix("es" if plural.endswith(("ches", "sses")) else "s")


def derivation_line(subject: Subject, quantity: str) -> str:
    """Return `quantity = formula with numbers = value`, or the bare value of what was not computed."""
    planned = subject.planned
    if subject.knows(quantity) or quantity not in QUANTITIES:
        return f"{quantity} = {text_of(subject.value(quantity))}"
    entry = planned.derivation.explained(quantity)
    value = text_of(entry.value)
    if entry.substituted and entry.substituted != value:
        return f"{quantity} = {entry.substituted} = {value}"
    return f"{quantity} = {value}"
