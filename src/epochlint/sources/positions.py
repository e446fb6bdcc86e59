"""Turning offsets in a text into lines and columns."""

from __future__ import annotations

from bisect import bisect_right

from epochlint.sources.making import new_span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Span


class Positions:
    """The lines of one text. Offsets count code points from 0; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = _line_starts(text)

    def span(self, start: int, end: int) -> Span:
        """Return the span of `text[start:end]`."""
        starts = self.starts
        line = bisect_right(starts, start)
        last = line if line == len(starts) or end < starts[line] else bisect_right(starts, end)
        return new_span(line, start - starts[line - 1] + 1, last, end - starts[last - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column, moved into the text where they lie outside."""
        starts = self.starts
        if line > len(starts):
            return len(self.text)
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return max(0, min(starts[max(line, 1) - 1] + max(column, 1) - 1, end))

    def point(self, offset: int) -> Span:
        """Return the span of one character, or the empty one at the end of a line or of the text."""
        offset = max(0, min(offset, len(self.text)))
        at_end = offset == len(self.text) or self.text[offset] in "\r\n"
        return self.span(offset, offset if at_end else offset + 1)

    def stands_alone(self, offset: int) -> bool:
        """Tell whether nothing but blanks stands on the line before an offset."""
        start = self.starts[bisect_right(self.starts, offset) - 1]
        return not self.text[start:offset].strip()


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        # Of the same length, so that offsets stay: a pair ends its line at the line feed.
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return starts
