"""Composing YAML nodes from the parser's events, one at a time, so that no input can exhaust stack or memory.

PyYAML's own recurses (its C version ends the process on deep input), and its constructor copies what merge
keys bring in, over and over. Here depth, aliases and merges are counted before anything is built.
"""

from __future__ import annotations

import yaml

from epochlint.sources.documents import MappingNode, Problem, ScalarNode, SequenceNode
from epochlint.sources.guards import (
    ALIAS_GROWTH_LIMIT,
    ALIAS_LIMIT,
    DEPTH_LIMIT,
    MERGE_DEPTH_LIMIT,
    MERGE_GROWTH_LIMIT,
    Refused,
    node_limit,
)
from epochlint.sources.making import new_entry, new_scalar, new_span
from epochlint.sources.yaml_scalars import plain_value, short_tag, tagged_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.places import Span
    from epochlint.sources.documents import Entry, Node, Plain
    from epochlint.sources.positions import Positions

_MERGE_TAG = "tag:yaml.org,2002:merge"
_BLANKS = " \t\r\n"
_LONGEST_KEY = 80


class _Frame:
    """A sequence or mapping that is still open. `count` are the nodes before it, `deepest` how deep its nodes reach."""

    __slots__ = ("anchor", "count", "deepest", "event", "is_mapping", "items")

    def __init__(self, event: Any, is_mapping: bool, count: int, depth: int) -> None:
        self.event = event
        self.is_mapping = is_mapping
        self.items: list[tuple[Node, Span]] = []  # keys and values in turn, with where each stands
        self.anchor: str | None = event.anchor
        self.count = count
        self.deepest = depth


class _Anchored:
    """What an anchor stands for: the node, how many nodes it is made of, and how deep it is."""

    __slots__ = ("height", "node", "size")

    def __init__(self, node: Node, size: int, height: int) -> None:
        self.node = node
        self.size = size
        self.height = height


class Composer:
    """Builds the roots of one text. `scalars` are the offsets and styles of all scalars, if there may be comments."""

    def __init__(self, positions: Positions) -> None:
        self.text = positions.text
        self.positions = positions
        self._length = len(self.text)
        self.roots: list[Node] = []
        self.problems: list[Problem] = []
        self.scalars: list[tuple[int, int, str]] = []
        self._wants_scalars = "#" in self.text
        # The parser counts lines as YAML 1.1 does, at three characters more than editors do.
        self._own_lines = not self.text.isascii() and any(mark in self.text for mark in "\x85\u2028\u2029")
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._count = 0  # nodes, those that aliases repeat included
        self._limit = node_limit(self.text)
        self._aliases = 0
        self._grown = 0
        self._merged = 0
        self._merge_depths: dict[int, int] = {}
        self._sizes: dict[int, int] = {}  # of mappings with an anchor
        self._kept: list[MappingNode] = []  # so that no other node gets the identity of one of these

    def compose(self) -> None:
        """Read every document of the text. Raises `Refused`, and what the parser raises."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.text)
        next_event = loader.get_event
        scalar, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        try:
            while True:
                event = next_event()
                kind = type(event)
                if kind is scalar:
                    self._scalar(event)
                elif kind is mapping_start or kind is sequence_start:
                    self._open(event, kind is mapping_start)
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    self._close(event)
                elif kind is yaml.AliasEvent:
                    self._alias(event)
                elif kind is yaml.DocumentStartEvent:
                    self._anchors = {}
                elif event is None or kind is yaml.StreamEndEvent:
                    return
        finally:
            loader.dispose()

    def _span(self, start: Any, end: Any) -> Span:
        """Return the span between two marks of the parser."""
        if self._own_lines or end.index >= self._length:
            # At its end the parser may have gone a line further than there is text.
            return self.positions.span(min(start.index, self._length), min(end.index, self._length))
        return new_span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _scalar(self, event: Any) -> None:
        start, end, tag = event.start_mark, event.end_mark, event.tag
        text: str = event.value
        style: str | None = event.style
        if self._wants_scalars:
            self.scalars.append((start.index, end.index, style or ""))
        value: Plain = text
        if tag is None or tag == "!":
            tag = None
            if event.implicit[0]:
                value = plain_value(text)
        else:
            tag = short_tag(tag)
            value = tagged_value(text, tag)
        if style == '"' and not text.isascii():
            text = value = whole_characters(text)
        anchor: str | None = event.anchor
        if tag is not None or anchor is not None or style == "|" or style == ">":
            span = self._inner_span(start.index, end.index)
        else:
            span = self._span(start, end)
        node = new_scalar(value, text, span, bool(style), tag)
        self._count += 1
        if anchor is None and self._stack and self._count <= self._limit:
            self._stack[-1].items.append((node, span))  # what `_add` does, for nearly all scalars
        else:
            self._add(node, span, anchor, 1, 0)

    def _inner_span(self, start: int, end: int) -> Span:
        """Return the span of a scalar behind its tag and anchor, and without the empty lines after a block."""
        text = self.text
        while start < end and text[start] in "!&":
            while start < end and text[start] not in _BLANKS:
                start += 1
            while start < end and text[start] in _BLANKS:
                start += 1
        return self.positions.span(start, start + len(text[start:end].rstrip(_BLANKS)))

    def _open(self, event: Any, is_mapping: bool) -> None:
        depth = len(self._stack) + 1
        if depth > DEPTH_LIMIT:
            raise self._too_deep(event)
        self._stack.append(_Frame(event, is_mapping, self._count, depth))
        self._count += 1
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        opened = frame.event
        if opened.flow_style or not frame.items:
            span = self._span(opened.start_mark, event.end_mark if opened.flow_style else opened.end_mark)
        else:
            # The parser only tells where the thing behind a block begins: the block ends with its last item.
            first, last = self._span(opened.start_mark, opened.start_mark), frame.items[-1][1]
            span = new_span(first.line, first.column, last.end_line, last.end_column)
        tag = None if opened.tag is None or opened.tag == "!" else short_tag(opened.tag)
        node: Node
        if frame.is_mapping:
            node = self._mapping(frame, span, tag)
        else:
            node = SequenceNode(tuple([item for item, _ in frame.items]), span, tag)
        self._add(node, span, frame.anchor, self._count - frame.count, frame.deepest - len(self._stack))

    def _alias(self, event: Any) -> None:
        name = event.anchor
        span = self._span(event.start_mark, event.end_mark)
        self._aliases += 1
        if self._aliases > ALIAS_LIMIT:
            raise Refused("too-many-aliases", f"the file has more than {ALIAS_LIMIT:,} aliases", span)
        target = self._anchors.get(name)
        if target is None:
            if any(frame.anchor == name for frame in self._stack):
                raise Refused("cyclic-alias", f"*{name} stands inside what it names", span)
            raise Refused("unreadable-file", f"*{name} names no anchor above it", span)
        if len(self._stack) + target.height > DEPTH_LIMIT:
            raise self._too_deep(event)
        self._count += target.size
        self._grown += target.size
        if self._grown > ALIAS_GROWTH_LIMIT:
            raise Refused("too-many-aliases", f"aliases repeat more than {ALIAS_GROWTH_LIMIT:,} values", span)
        self._add(target.node, span, None, target.size, target.height)

    def _add(self, node: Node, span: Span, anchor: str | None, size: int, height: int) -> None:
        """Put a finished node into the collection that is open, or among the roots."""
        if self._count > self._limit:
            raise Refused("too-large", f"the file has more than {self._limit:,} values")
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, size, height)
            if isinstance(node, MappingNode):
                self._sizes[id(node)] = size
                self._kept.append(node)
        if self._stack:
            frame = self._stack[-1]
            frame.items.append((node, span))
            if height:
                frame.deepest = max(frame.deepest, len(self._stack) + height)
        elif not (isinstance(node, ScalarNode) and node.text == "" and not node.quoted and node.tag is None):
            self.roots.append(node)

    def _mapping(self, frame: _Frame, span: Span, tag: str | None) -> MappingNode:
        own: list[Entry] = []
        merged: list[Entry] = []
        merge_depth = 0
        rest = iter(frame.items)
        for key, key_span in rest:
            value = next(rest)[0]
            if isinstance(key, ScalarNode):
                name = key.text
                if name == "<<" and (key.tag == "!!merge" or (key.tag is None and not key.quoted)):
                    sources = self._merge_sources(value)
                    if sources is not None:
                        depths = [self._merge_depths.get(id(source), 0) + 1 for source in sources]
                        merge_depth = max(merge_depth, *depths)
                        merged = self._merge(sources, merged, key_span)
                        continue
            else:
                name = self._text_of(key_span)
            own.append(new_entry(name, key_span, value))
        if merge_depth == 0:
            return MappingNode(tuple(own), span, tag)
        if merge_depth > MERGE_DEPTH_LIMIT:
            raise Refused("too-deep", f"merge keys reach through more than {MERGE_DEPTH_LIMIT} mappings", span)
        given = {entry.key for entry in own}
        node = MappingNode((*[entry for entry in merged if entry.key not in given], *own), span, tag)
        self._merge_depths[id(node)] = merge_depth
        self._kept.append(node)
        return node

    def _text_of(self, span: Span) -> str:
        """Return the beginning of the source of a key that is no scalar."""
        start = self.positions.offset(span.line, span.column)
        end = self.positions.offset(span.end_line, span.end_column)
        return " ".join(self.text[start : min(end, start + _LONGEST_KEY)].split())

    def _merge_sources(self, value: Node) -> tuple[MappingNode, ...] | None:
        """Return the mappings that a merge key names; None, with a problem, if it names something else."""
        nodes = value.items if isinstance(value, SequenceNode) else (value,)
        mappings = tuple([node for node in nodes if isinstance(node, MappingNode)])
        if not mappings or len(mappings) < len(nodes):
            self.problems.append(
                Problem("unreadable-file", "<< takes a mapping, or a list of mappings", value.span, False)
            )
            return None
        return mappings

    def _merge(self, sources: tuple[MappingNode, ...], before: list[Entry], span: Span) -> list[Entry]:
        """Return what merge keys bring in: of one key the first mapping wins, of several keys the last."""
        found: dict[str, Entry] = {}
        seen: set[int] = set()
        for source in sources:
            self._merged += len(source.entries)
            if id(source) in seen:  # named before: it brings nothing, whatever its alias was counted for
                self._count -= self._sizes.get(id(source), 0)
                self._grown -= self._sizes.get(id(source), 0)
                continue
            seen.add(id(source))
            if self._merged > MERGE_GROWTH_LIMIT:
                message = f"merge keys bring in more than {MERGE_GROWTH_LIMIT:,} keys"
                raise Refused("too-many-aliases", message, span)
            mine = {entry.key: entry for entry in source.entries}
            for name, entry in mine.items():
                found.setdefault(name, new_entry(name, entry.key_span, entry.value, True))
        for entry in before:
            found.setdefault(entry.key, entry)
        return list(found.values())

    def _too_deep(self, event: Any) -> Refused:
        return Refused(
            "too-deep", f"the file is nested more than {DEPTH_LIMIT} deep", self._span(event.start_mark, event.end_mark)
        )


def whole_characters(text: str) -> str:
    """Replace halves of characters, which escapes can make and no output can show."""
    return text.encode("utf-8", "replace").decode("utf-8")
