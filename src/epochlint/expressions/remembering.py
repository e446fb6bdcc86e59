"""Functions whose answers are remembered: under many releases, and in many files, the same terms meet again."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

_MOST_ANSWERS = 10_000
_NONE = object()


def remembered(function: F) -> F:
    """Remember what a function gives: one that depends on its arguments alone, for which `1` and `1.0` are the same."""
    answers: dict[Any, Any] = {}

    def answer(*arguments: Any) -> Any:
        found = answers.get(arguments, _NONE)
        if found is _NONE:
            if len(answers) == _MOST_ANSWERS:
                answers.clear()
            found = answers[arguments] = function(*arguments)
        return found

    return answer  # type: ignore[return-value]
