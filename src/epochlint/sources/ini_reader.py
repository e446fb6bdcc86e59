"""Reading `.cfg` files whose values are JSON and whose sections have dotted names: `[training.optimizer]`."""

from __future__ import annotations

from epochlint.sources.documents import Comment, Document, MappingNode
from epochlint.sources.guards import DEPTH_LIMIT, Refused
from epochlint.sources.json_reader import JsonParser
from epochlint.sources.making import new_entry, new_scalar
from epochlint.sources.positions import Positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Span
    from epochlint.sources.documents import Entry, Node

_COMMENT_MARKS = ("#", ";")


class _Section:
    """A table under construction."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.entries: list[tuple[str, Span, Node | _Section]] = []
        self.sections: dict[str, _Section] = {}

    def section(self, name: str, span: Span) -> _Section:
        if name not in self.sections:
            self.sections[name] = _Section(span)
            self.entries.append((name, span, self.sections[name]))
        return self.sections[name]

    def node(self) -> MappingNode:
        entries: list[Entry] = []
        for name, span, value in self.entries:
            entries.append(new_entry(name, span, value.node() if isinstance(value, _Section) else value))
        return MappingNode(tuple(entries), self.span)


def read_ini(path: str, text: str) -> Document:
    """Read an ini file. Values are JSON where they can be read as that, else texts; indented lines continue them."""
    positions = Positions(text)
    root = _Section(positions.span(0, len(text)))
    comments: list[Comment] = []
    try:
        _read_lines(positions, root, comments)
    except Refused as refused:
        return Document(path, "ini", text, comments=tuple(comments), problems=(refused.problem,))
    return Document(path, "ini", text, root.node(), comments=tuple(comments))


def _read_lines(positions: Positions, root: _Section, comments: list[Comment]) -> None:
    text, section = positions.text, root
    pending: tuple[_Section, str, Span, int, int] | None = None
    for start, end in _line_ranges(positions):
        line = text[start:end]
        stripped = line.strip()
        if not stripped:
            continue
        first = start + len(line) - len(line.lstrip())
        if stripped.startswith(_COMMENT_MARKS):
            comments.append(Comment(stripped[1:].strip(), positions.span(first, first + len(stripped)), True))
        elif pending is not None and line[0] in " \t":
            pending = (*pending[:4], first + len(stripped))
        else:
            _finish(pending, positions)
            pending = None
            if stripped.startswith("[") and stripped.endswith("]"):
                section = _opened(root, first, stripped, positions)
            else:
                pending = _begun(section, first, stripped, positions)
    _finish(pending, positions)


def _line_ranges(positions: Positions) -> list[tuple[int, int]]:
    """Return where each line begins, and where it ends without its line end."""
    text, starts = positions.text, positions.starts
    ends = [*[start - 1 for start in starts[1:]], len(text)]
    return [(start, start + len(text[start:end].rstrip("\r\n"))) for start, end in zip(starts, ends, strict=True)]


def _opened(root: _Section, first: int, stripped: str, positions: Positions) -> _Section:
    """Return the section that a header names, with those around it."""
    span = positions.span(first, first + len(stripped))
    section = root
    names = [name.strip() for name in stripped[1:-1].split(".")]
    if len(names) > DEPTH_LIMIT:
        raise Refused("too-deep", f"the file is nested more than {DEPTH_LIMIT} deep", span)
    for name in names:
        section = section.section(name, span)
    return section


def _begun(section: _Section, first: int, stripped: str, positions: Positions) -> tuple[_Section, str, Span, int, int]:
    """Read `name = value`; the value may go on in the lines below."""
    marks = [offset for offset in (stripped.find("="), stripped.find(":")) if offset > 0]
    split = min(marks, default=len(stripped))
    name = stripped[:split].rstrip()
    value = stripped[split + 1 :]
    start = first + split + 1 + len(value) - len(value.lstrip())
    start = min(start, first + len(stripped))
    return section, name, positions.span(first, first + len(name)), start, max(start, first + len(stripped))


def _finish(pending: tuple[_Section, str, Span, int, int] | None, positions: Positions) -> None:
    if pending is None:
        return
    section, name, key_span, start, end = pending
    section.entries.append((name, key_span, _value(start, end, positions)))


def _value(start: int, end: int, positions: Positions) -> Node:
    text = positions.text[start:end]
    if text[:1] in tuple('"[{-0123456789tfnNI') and text:
        parser = JsonParser(positions.text, positions)
        try:
            node, behind = parser.value(start)
        except Refused as refused:
            if refused.problem.name == "too-deep":
                raise
        else:
            if behind == end and not parser.problems:
                return node
    value = None if text == "null" else text
    return new_scalar(value, text, positions.span(start, end))
