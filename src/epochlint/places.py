"""Where something stands: a file, and a range of lines and columns in it."""

from __future__ import annotations

from epochlint.records import record


@record
class Span:
    """A range in a text. Lines and columns count from 1, columns in code points; `end_column` is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    path: str = ""  # the file, where that is not the one at hand: a value that a configuration inherits


@record
class Place:
    """A span in a file. `path` is relative to the root of the project, with forward slashes.

    In a notebook `cell` is the number of the cell (from 1) and lines count inside that cell.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None

    @property
    def span(self) -> Span:
        return Span(self.line, self.column, self.end_line, self.end_column)

    def __str__(self) -> str:
        where = f"{self.path}:cell {self.cell}" if self.cell is not None else self.path
        return f"{where}:{self.line}"
