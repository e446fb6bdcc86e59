"""Values in words: what a person reads in a message, a derivation or a plan."""

from __future__ import annotations

from epochlint.expressions.values import Known, OneOf, Symbolic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.expressions.values import Value

_MOST_ITEMS = 8
_MOST_BITS = 4_096


def text_of(value: Value) -> str:
    """Return a value for people: `50,000`, `0.001`, `"steps"`, `8 or 16`, `ceil(len(train_loader) / 4)`, `unknown`."""
    if isinstance(value, Known):
        return scalar_text(value.value)
    if isinstance(value, OneOf):
        texts = list(dict.fromkeys(scalar_text(alternative.value) for alternative in value.alternatives))
        if not texts:
            return "unknown"
        if len(texts) > _MOST_ITEMS:
            return f"one of {', '.join(texts[:_MOST_ITEMS])}, …"
        return " or ".join([part for part in (", ".join(texts[:-1]), texts[-1]) if part])
    if isinstance(value, Symbolic):
        from epochlint.expressions.algebra import text

        return text(value.term)
    return "unknown"


def scalar_text(value: Any) -> str:
    """Return a scalar for people: separators between thousands, floats short and exact (3.0 is 3)."""
    kind = type(value)
    if kind is int:
        if value.bit_length() > _MOST_BITS:
            return f"{'-' if value < 0 else ''}about 2 ** {value.bit_length() - 1:,}"
        return f"{value:,}"
    if kind is float:
        return _float_text(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is str:
        return f'"{value}"'
    if kind is tuple:
        shown = [scalar_text(item) for item in value[:_MOST_ITEMS]]
        return f"[{', '.join(shown + ['…'] * (len(value) > _MOST_ITEMS))}]"
    return "none"


def _float_text(value: float) -> str:
    if value - value != 0:
        return "not a number" if value != value else "endless" if value > 0 else "-endless"
    text = repr(value).removesuffix(".0")
    whole, point, fraction = text.partition(".")
    if "e" in text:  # 1e-05
        return text
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{fraction}"
