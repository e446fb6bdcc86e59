"""`vocabulary/<name>.yaml` as plain data: every name that people may write, with what it means."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from epochlint.knowledge.quantities import QUANTITIES

if TYPE_CHECKING:
    from epochlint.knowledge.datafile import DataFile, Part


def vocabulary_from(file: DataFile) -> dict[str, Any]:
    """Return the file with its names written out: {name: (quantity, how telling)}. Raises CatalogueError.

    A name that stands there as it is counts before groups of words. A name that is said to mean two things, and a
    quantity or group that does not exist, are errors.
    """
    top = file.top
    groups = {group: tuple(str(word.value) for word in part.each()) for group, part in top.entries_of("words")}
    patterns = [
        (quantity, level, pattern)
        for quantity, levels in top.entries_of("names")
        for level, part in levels.entries()
        for pattern in part.each()
    ]
    single = {str(pattern.value) for _, _, pattern in patterns}
    names: dict[str, tuple[str, str]] = {}
    for quantity, level, pattern in patterns:
        if quantity not in QUANTITIES:
            raise pattern.error(f"there is no quantity {quantity!r}")
        for name in _written_out(pattern, groups):
            if name in single and name != pattern.value:
                continue
            meant = names.setdefault(name, (quantity, level))
            if meant[0] != quantity:
                raise pattern.error(f"{name!r} is a name of {meant[0]} too")
    return {**top.value, "names": names}


def _written_out(pattern: Part, groups: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the names that `<save>_every` stands for."""
    pieces = str(pattern.value).replace("<", "\0").replace(">", "\0").split("\0")
    for group in pieces[1::2]:
        if group not in groups:
            raise pattern.error(f"there is no group of words {group!r}")
    choices = [groups[piece] if index % 2 else (piece,) for index, piece in enumerate(pieces)]
    return ["".join(chosen) for chosen in product(*choices)]
