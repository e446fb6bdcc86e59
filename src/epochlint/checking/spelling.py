"""Which known name a misspelled one stands for. Only slips of the finger count: two names that share a word may both
be right."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_SLIPS = 2
SHORT = 8  # names up to this length may have one slip only


class Spellings:
    """Known names, each of which a misspelled one may stand for."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[str, str, frozenset[str]]]] = {}
        for name in dict.fromkeys(known):
            plain = _plain(name)
            self._by_length.setdefault(len(plain), []).append((name, plain, frozenset(plain)))

    def meant_by(self, name: str) -> str | None:
        """Return the one known name that differs by a slip or two (a letter more, less, another, or two swapped), else
        None."""
        written = _plain(name)
        allowed = 1 if len(written) <= SHORT else MOST_SLIPS
        letters = frozenset(written)
        close = [
            candidate
            for length in range(len(written) - allowed, len(written) + allowed + 1)
            for candidate, plain, own in self._by_length.get(length, ())
            # a slip takes away one letter and brings in one; only few pairs need to be compared letter by letter
            if len(letters ^ own) <= 2 * allowed and slips(written, plain, allowed) >= 0
        ]
        return close[0] if len(close) == 1 and name not in close else None


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
