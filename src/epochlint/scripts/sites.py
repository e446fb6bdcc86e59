"""Where something stands in a source file, found only when somebody asks: most places are never looked at."""

from __future__ import annotations

import _ast as ast

from epochlint.places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.scripts.things import Scalar
    from epochlint.sources.documents import Document

# The longest source text that is kept of an expression.
LONGEST_TEXT = 200


class Source:
    """A parsed Python file, and the places and texts of its nodes."""

    __slots__ = ("_lines", "_places", "cells", "constants", "document", "module", "path")

    def __init__(self, document: Document, module: str) -> None:
        self.document = document
        self.path = document.path
        self.module = module
        self.cells = document.cells
        self.constants: dict[int, Scalar] = {}  # the literals so far, by the identity of their syntax
        self._lines: list[str] | None = None
        self._places: dict[tuple[int, int, int, int], Place] = {}

    def line(self, number: int) -> str:
        if self._lines is None:
            # As Python counts lines: a form feed or a Unicode separator ends none.
            self._lines = self.document.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def place(self, node: ast.AST) -> Place:
        """Return the place of a node; columns are code points, in a notebook lines count inside the cell."""
        first = getattr(node, "lineno", 1)
        last = getattr(node, "end_lineno", None) or first
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None) or 0
        key = (first, start, last, end)
        place = self._places.get(key)
        if place is None:
            place = self._make_place(first, self._column(first, start), last, self._column(last, end))
            self._places[key] = place
        return place

    def _make_place(self, first: int, column: int, last: int, end_column: int) -> Place:
        for number in range(len(self.cells), 0, -1):
            begins = self.cells[number - 1]
            if begins <= first:
                return Place(self.path, first - begins + 1, column + 1, last - begins + 1, end_column + 1, number)
        return Place(self.path, first, column + 1, last, end_column + 1)

    def _column(self, number: int, offset: int) -> int:
        line = self.line(number)
        return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))

    def text(self, node: ast.AST) -> str:
        """Return the source text of a node on one line, shortened if it is long."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0) or 0
        if not first or not last:
            return ""
        start, end = self._column(first, node.col_offset), self._column(last, node.end_col_offset or 0)  # type: ignore[attr-defined]
        if first == last:
            text = self.line(first)[start:end]
        else:
            parts = [self.line(first)[start:]]
            parts.extend([self.line(number) for number in range(first + 1, min(last, first + 20))])
            parts.append(self.line(last)[:end])
            text = " ".join(part.strip() for part in parts)
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


Site: TypeAlias = "tuple[Source, ast.AST] | Place | None"


def place_of(site: Site) -> Place | None:
    if site is None or isinstance(site, Place):
        return site
    return site[0].place(site[1])


def text_of(site: Site) -> str:
    return site[0].text(site[1]) if isinstance(site, tuple) else ""
