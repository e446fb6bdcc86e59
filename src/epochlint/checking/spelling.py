"""Which known name a misspelled one stands for. Only slips of the finger count: two names that share a word may both
be right."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_SLIPS = 2
SHORT = 8  # names up to this length may have one slip only


def misspelled(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name that differs by a slip or two (a letter more, less, another, or two swapped), else
    None."""
    written = _plain(name)
    allowed = 1 if len(written) <= SHORT else MOST_SLIPS
    close = {candidate for candidate in known if 0 <= slips(written, _plain(candidate), allowed) <= allowed}
    return close.pop() if len(close) == 1 and name not in close else None


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def slips(left: str, right: str, most: int) -> int:
    """Return how many letters were added, left out, changed or swapped with their neighbour; -1 for more than
    `most`."""
    if abs(len(left) - len(right)) > most:
        return -1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return -1
    return row[-1] if row[-1] <= most else -1
