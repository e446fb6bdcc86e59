"""Reading TOML: values by `tomllib`, their places by a scanner of our own, comments."""

from __future__ import annotations

from epochlint.places import Span
from epochlint.sources.documents import Comment, Document, MappingNode, SequenceNode
from epochlint.sources.guards import DEPTH_LIMIT, Refused
from epochlint.sources.making import new_entry, new_scalar
from epochlint.sources.positions import Positions
from epochlint.sources.toml_places import TomlPlaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.sources.documents import Entry, Node
    from epochlint.sources.toml_places import Keys


def read_toml(path: str, text: str) -> Document:
    """Read a TOML file. Dates and times are texts; values whose place is not found have the place of their key."""
    positions = Positions(text)
    places = TomlPlaces(positions)
    try:
        places.scan()  # first: it refuses what would cost `tomllib` hours
        data = _values_of(text, positions)
        root = _Builder(places, positions).mapping(data, (), Span(1, 1, 1, 1), 1)
    except Refused as refused:
        return Document(path, "toml", text, problems=(refused.problem,))
    return Document(path, "toml", text, root, comments=_comments(places, positions))


def _values_of(text: str, positions: Positions) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Refused("too-deep", f"the file is nested more than {DEPTH_LIMIT} deep") from None
    except (ValueError, OverflowError) as error:
        message, line, column = _place_in(str(error), positions)
        span = positions.point(positions.offset(line, column))
        raise Refused("unreadable-file", f"not readable as TOML: {message}", span) from None


def _place_in(message: str, positions: Positions) -> tuple[str, int, int]:
    """Split what `tomllib` says, `Invalid value (at line 3, column 7)`, into words, line and column."""
    words, found, where = message.rpartition(" (at ")
    if not found:
        return message, 1, 1
    numbers = [part.strip(" )") for part in where.replace("line", "").replace("column", "").split(",")]
    if len(numbers) == 2 and all(number.isdigit() for number in numbers):
        return words, int(numbers[0]), int(numbers[1])
    return words, len(positions.starts), len(positions.text)  # "at end of document"


class _Builder:
    """Builds nodes from values and places; `_values_of` has bounded the depth already."""

    def __init__(self, places: TomlPlaces, positions: Positions) -> None:
        self.places = places
        self.positions = positions

    def mapping(self, data: dict[str, Any], path: Keys, key_span: Span, depth: int) -> MappingNode:
        if depth > DEPTH_LIMIT + 1:
            raise Refused("too-deep", f"the file is nested more than {DEPTH_LIMIT} deep", key_span)
        entries: list[Entry] = []
        for name, value in data.items():
            where = (*path, name)
            span = self._span(self.places.keys.get(where), key_span)
            entries.append(new_entry(name, span, self.node(value, where, span, depth + 1)))
        whole = self._whole(path, key_span, entries)
        return MappingNode(tuple(entries), whole)

    def node(self, value: Any, path: Keys, key_span: Span, depth: int) -> Node:
        if isinstance(value, dict):
            return self.mapping(value, path, key_span, depth)
        span = self._span(self.places.values.get(path), key_span)
        if isinstance(value, list):
            if depth > DEPTH_LIMIT + 1:
                raise Refused("too-deep", f"the file is nested more than {DEPTH_LIMIT} deep", key_span)
            items = tuple([self.node(item, (*path, index), span, depth + 1) for index, item in enumerate(value)])
            return SequenceNode(items, span)
        if isinstance(value, str):
            return new_scalar(value, value, span, True)
        found = self.places.values.get(path)
        text = self.positions.text[found[0] : found[1]] if found else str(value)
        if isinstance(value, bool | int | float):
            return new_scalar(value, text, span)
        return new_scalar(text, text, span)

    def _span(self, found: tuple[int, int] | None, otherwise: Span) -> Span:
        return self.positions.span(*found) if found else otherwise

    def _whole(self, path: Keys, key_span: Span, entries: list[Entry]) -> Span:
        """Return the span of a table: the whole text, the inline table, or from the header to the last entry."""
        if not path:
            return self.positions.span(0, len(self.positions.text))
        begin = self._span(self.places.values.get(path), key_span)
        end = max(
            [(begin.end_line, begin.end_column), *((e.value.span.end_line, e.value.span.end_column) for e in entries)]
        )
        return Span(begin.line, begin.column, *end)


def _comments(places: TomlPlaces, positions: Positions) -> tuple[Comment, ...]:
    text = positions.text
    return tuple(
        [
            Comment(text[start + 1 : end].strip(), positions.span(start, end), positions.stands_alone(start))
            for start, end in places.comments
        ]
    )
