"""Wrong use, said in one line: what the command line prints and exits with status 2 for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class UsageError(Exception):
    """The command line, the configuration or an assumption is wrong; the message says what would be right."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the closest of the known words, or nothing if none is close."""
    from difflib import get_close_matches

    lowered = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f" (did you mean {lowered[close[0]]!r}?)" if close else ""
