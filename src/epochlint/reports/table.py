"""A table in plain text whose columns line up and which fits the terminal."""

from __future__ import annotations

from epochlint.reports.colour import PLAIN
from epochlint.reports.terminal import shortened, width, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from epochlint.reports.colour import Palette

GAP = 2
INDENT = 2
NARROWEST = 24  # columns of the part that is wrapped, however narrow the terminal


class Table:
    """Columns with colours. Column `wide` takes what room there is and is wrapped; the others fit their longest cell.

    `largest` bounds some columns, by number; such cells are cut at their beginning, where paths are least telling.
    """

    def __init__(
        self, colours: Sequence[str], wide: int, largest: dict[int, int] | None = None, palette: Palette = PLAIN
    ) -> None:
        self.colours = colours
        self.wide = wide
        self.largest = largest or {}
        self.palette = palette
        self._rows: list[list[str]] = []

    def add(self, *cells: str) -> None:
        self._rows.append([self._limited(index, cell) for index, cell in enumerate(cells)])

    def _limited(self, index: int, cell: str) -> str:
        return shortened(cell, self.largest[index], keep_end=True) if index in self.largest else cell

    def lines(self, limit: int) -> Iterator[str]:
        """Yield the lines of the table; columns without any text take no room."""
        widths = [max((width(row[index]) for row in self._rows), default=0) for index in range(len(self.colours))]
        used = [index for index, size in enumerate(widths) if size]
        others = sum(widths[index] for index in used if index != self.wide)
        room = limit - INDENT - others - GAP * (len(used) - 1)
        widths[self.wide] = min(widths[self.wide], max(room, NARROWEST))
        for row in self._rows:
            for number, part in enumerate(wrapped(row[self.wide], max(widths[self.wide], 1), break_words=True)):
                cells = ["" if number else cell for cell in row]
                cells[self.wide] = part
                yield self._joined(cells, widths, used)

    def _joined(self, cells: list[str], widths: list[int], used: list[int]) -> str:
        last = max((index for index in used if cells[index]), default=0)
        line = " " * INDENT
        for index in used:
            if index > last:
                break
            line += self.palette.paint(cells[index], self.colours[index]) if self.colours[index] else cells[index]
            if index < last:
                line += " " * (widths[index] - width(cells[index]) + GAP)
        return line
