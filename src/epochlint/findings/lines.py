"""The user's own text at a place."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.places import Place


def line_at(line_of: Callable[..., str], place: Place, number: int | None = None) -> str:
    """Return the line at which a place begins, or another one of the same file (in a notebook: of the same cell)."""
    line = place.line if number is None else number
    return line_of(place.path, line) if place.cell is None else line_of(place.path, line, place.cell)


def text_at(line_of: Callable[..., str], place: Place) -> str:
    """Return what stands at a place, as far as its first line goes."""
    line = line_at(line_of, place)
    return line[place.column - 1 : place.end_column - 1 if place.end_line == place.line else None]
