"""Filling the templates of messages: numbers with separators, the user's own text, a formula with its numbers."""

from __future__ import annotations

from epochlint.expressions.evaluate import text_of
from epochlint.expressions.templates import filled, in_words
from epochlint.expressions.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Subject(Protocol):
        """What a template may speak of: names with values and the user's own texts, before a plan."""

        def value(self, name: str) -> Value: ...
        def text(self, name: str) -> str: ...
        def knows(self, name: str) -> bool: ...
        def derivation(self, name: str) -> str: ...


def fill(template: str, subject: Subject) -> str:
    """Replace `{name}` by the value, `{name.source}` by what the user wrote, `{name.derivation}` by the formula with
    numbers."""
    return filled(template, lambda name: _render(name, subject))


def _render(name: str, subject: Subject) -> str:
    base, _, form = name.rpartition(".")
    if form == "source" and base:
        return subject.text(base) or text_of(subject.value(base))
    if form == "derivation" and base:
        return subject.derivation(base) or f"{base} = {text_of(subject.value(base))}"
    return in_words(subject.value(name))
