"""Reading the YAML of most configurations without PyYAML: keys, dashes and one scalar or short list a line.

Importing PyYAML costs a commit hook as much as checking a small file. Whatever is not that plain (anchors, tags, block
scalars, values over several lines, escapes, anything odd or wrong) is left to the whole reader: the answer is None.
Where there is an answer it is the whole reader's; a test holds the two against each other.
"""

from __future__ import annotations

from epochlint.sources.documents import MappingNode, SequenceNode
from epochlint.sources.making import new_entry, new_scalar, new_span
from epochlint.sources.yaml_scalars import plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Span
    from epochlint.sources.documents import Entry, Node, ScalarNode

LONGEST = 1 << 16  # characters; with larger files the import of PyYAML no longer matters
_DEEPEST = 40
_LONGEST_KEY = 100
_IN_KEYS = "_-./"
# What a plain scalar may begin with here; YAML allows a little more.
_STARTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-~$(<")
_NOT_IN_LISTS = "[]{}\"'#&*!|>%@`:?"


class _Block:
    """A mapping or a sequence that is still open. `column` is where its keys or dashes stand, from 0."""

    __slots__ = ("column", "entries", "is_mapping", "items", "key", "key_span", "line")

    def __init__(self, is_mapping: bool, line: int, column: int) -> None:
        self.is_mapping = is_mapping
        self.line = line
        self.column = column
        self.entries: list[Entry] = []
        self.items: list[Node] = []
        self.key = ""  # that has no value yet
        self.key_span: Span | None = None

    def add(self, node: Node) -> None:
        if self.key_span is None:
            self.items.append(node)
        else:
            self.entries.append(new_entry(self.key, self.key_span, node))
            self.key_span = None

    def closed(self) -> Node:
        """Return the node; it reaches from the first key or dash to the end of its last value."""
        last = (self.entries[-1].value if self.is_mapping else self.items[-1]).span
        span = new_span(self.line, self.column + 1, last.end_line, last.end_column)
        return MappingNode(tuple(self.entries), span) if self.is_mapping else SequenceNode(tuple(self.items), span)


class PlainReader:
    """Reads one text. `scalars` are the offsets and styles of all scalars, in their order."""

    def __init__(self) -> None:
        self.scalars: list[tuple[int, int, str]] = []
        self._open: list[_Block] = []
        self._line = ""
        self._number = 0
        self._offset = 0

    def read(self, text: str) -> Node | None:
        """Return the root of a text, or None if the text is not plain enough."""
        lines = text.split("\n")
        if len(text) > LONGEST or not text.isascii() or not "".join(lines).isprintable():
            return None
        for self._number, self._line in enumerate(lines, start=1):
            content = self._line.lstrip(" ")
            if content and content[0] != "#" and not self._take(len(self._line) - len(content)):
                return None
            self._offset += len(self._line) + 1
        while len(self._open) > 1:
            self._close()
        if not self._open:
            return None
        self._settle(self._open[0])
        return self._open[0].closed()

    def _take(self, column: int) -> bool:
        """Take the line, of which the first character that is no blank stands at a column; False if it is not plain."""
        line = self._line
        is_entry = line[column] == "-" and line[column + 1 : column + 2] in ("", " ")
        if not self._open:
            if line.rstrip(" ") == "---":
                return True
            return self._begin(column, is_entry)
        block = self._open[-1]
        if block.key_span is not None and (column > block.column or (column == block.column and is_entry)):
            return self._begin(column, is_entry)
        while block.column > column or (block.column == column and not block.is_mapping and not is_entry):
            if len(self._open) == 1:
                return False
            self._close()
            block = self._open[-1]
        if block.column != column or block.is_mapping is is_entry:
            return False
        self._settle(block)
        return self._entry(column) if is_entry else self._key(column)

    def _begin(self, column: int, is_entry: bool) -> bool:
        """Open a block with the line."""
        self._open.append(_Block(not is_entry, self._number, column))
        if len(self._open) > _DEEPEST:
            return False
        return self._entry(column) if is_entry else self._key(column)

    def _close(self) -> None:
        block = self._open.pop()
        self._settle(block)
        self._open[-1].add(block.closed())

    def _settle(self, block: _Block) -> None:
        """Give a key without a value the empty one, which stands right behind its colon."""
        if block.key_span is not None:
            line, column = block.key_span.end_line, block.key_span.end_column + 1
            block.add(new_scalar(None, "", new_span(line, column, line, column)))

    def _entry(self, column: int) -> bool:
        """Take what stands behind a dash: a scalar, a list, or the first key of a mapping."""
        line = self._line
        start = column + 1
        while line[start : start + 1] == " ":
            start += 1
        rest = line[start:]
        if not rest or rest[0] == "#" or rest == "-" or rest.startswith("- "):
            return False
        if rest[0] not in "\"'[" and (": " in rest or rest.rstrip(" ").endswith(":")):
            return self._begin(start, False)
        return self._value(start)

    def _key(self, column: int) -> bool:
        """Take a key, and its value if it stands on the same line."""
        line, block = self._line, self._open[-1]
        colon = line.find(":", column)
        key = line[column:colon]
        if colon < 0 or len(key) > _LONGEST_KEY or line[colon + 1 : colon + 2] not in ("", " "):
            return False
        letters = key
        for mark in _IN_KEYS:
            letters = letters.replace(mark, "")
        if not letters.isalnum() or key[0] == "-":
            return False
        block.key = key
        block.key_span = new_span(self._number, column + 1, self._number, colon + 1)
        self.scalars.append((self._offset + column, self._offset + colon, ""))
        start = colon + 1
        while line[start : start + 1] == " ":
            start += 1
        return not line[start:] or line[start] == "#" or self._value(start)

    def _value(self, start: int) -> bool:
        """Take the scalar or list that is the rest of the line."""
        line = self._line
        if line[start] == "[":
            return self._list(start)
        if line[start : start + 2] == "{}":
            node: Node = MappingNode((), self._span(start, start + 2))
            end = start + 2
        elif line[start] in "\"'":
            found = self._quoted(start)
            if found is None:
                return False
            node, end = found
        else:
            comment = line.find(" #", start)
            end = len(line.rstrip(" ")) if comment < 0 else start + len(line[start:comment].rstrip(" "))
            text = line[start:end]
            if not _is_plain(text) or ": " in text or text[-1] == ":":
                return False
            node = self._plain(start, end)
        self._open[-1].add(node)
        return self._ends(end)

    def _list(self, start: int) -> bool:
        """Take a list in brackets that holds scalars only and ends on the line."""
        line = self._line
        items: list[Node] = []
        end = start + 1
        while line[end : end + 1] == " ":
            end += 1
        if line[end : end + 1] != "]":
            end = start
            while line[end : end + 1] != "]":
                found = self._item(end + 1)
                if found is None:
                    return False
                item, end = found
                items.append(item)
        self._open[-1].add(SequenceNode(tuple(items), self._span(start, end + 1)))
        return self._ends(end + 1)

    def _item(self, start: int) -> tuple[Node, int] | None:
        """Return an item of a list, and where the comma or bracket behind it stands."""
        line = self._line
        while line[start : start + 1] == " ":
            start += 1
        if line[start : start + 1] in ("'", '"'):
            found = self._quoted(start)
            if found is None:
                return None
            node, end = found
            while line[end : end + 1] == " ":
                end += 1
            return (node, end) if line[end : end + 1] in (",", "]") else None
        ends = [end for end in (line.find(",", start), line.find("]", start)) if end >= 0]
        text = line[start : min(ends)].rstrip(" ") if ends else ""
        if not _is_plain(text) or any(mark in text for mark in _NOT_IN_LISTS):
            return None
        return self._plain(start, start + len(text)), min(ends)

    def _plain(self, start: int, end: int) -> ScalarNode:
        self.scalars.append((self._offset + start, self._offset + end, ""))
        text = self._line[start:end]
        return new_scalar(plain_value(text), text, self._span(start, end))

    def _quoted(self, start: int) -> tuple[ScalarNode, int] | None:
        """Return a scalar in quotes without escapes, and where it ends; behind a doubled quote `_ends` refuses."""
        quote = self._line[start]
        end = self._line.find(quote, start + 1)
        text = self._line[start + 1 : end]
        if end < 0 or (quote == '"' and "\\" in text):
            return None
        self.scalars.append((self._offset + start, self._offset + end + 1, quote))
        return new_scalar(text, text, self._span(start, end + 1), True), end + 1

    def _ends(self, start: int) -> bool:
        """Tell whether nothing but blanks and a comment stands behind a value."""
        rest = self._line[start:]
        stripped = rest.lstrip(" ")
        return not stripped or (stripped[0] == "#" and stripped != rest)

    def _span(self, start: int, end: int) -> Span:
        return new_span(self._number, start + 1, self._number, end + 1)


def _is_plain(text: str) -> bool:
    """Tell whether a text is a scalar without quotes."""
    return text[:1] in _STARTS and text != "-" and not text.startswith("- ")
