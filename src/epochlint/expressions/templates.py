"""Templates of messages: `{name}` stands for a value, in the words of a sentence."""

from __future__ import annotations

from epochlint.expressions.evaluate import bounds_of, text_of
from epochlint.expressions.values import Known, Symbolic, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PLURALS = ("steps", "epochs", "samples", "micro-batches", "batches", "processes", "ticks", "times", "evaluations")


def filled(template: str, said: Callable[[str], str]) -> str:
    """Replace each `{name}` by what is said for it; a brace that is not closed stands as it is."""
    return _singular("".join(said(part) if is_name else part for is_name, part in _split(template)))


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


def in_words(value: Value) -> str:
    """Return a number for a sentence: where it is not known but bounded, the bound ("at most 710")."""
    if isinstance(value, Known) and isinstance(value.value, str):
        return value.value
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
