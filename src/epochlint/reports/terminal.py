"""Text that is safe to show and whose width is known: control characters escaped, tabs and wide characters counted."""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

TAB = 4
PIPE_COLUMNS = 100
ELLIPSIS = "…"
# What a line of ours may begin with if a name from the user's repository comes first (see `safe_path`).
_HARMLESS_STARTS = "._-/~@+"


def columns(stream: TextIO) -> int:
    """Return how wide the terminal behind a stream is; 100 for what is no terminal."""
    import os

    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and 0 < int(asked) < 10_000:
        return max(int(asked), 40)
    try:
        if stream.isatty():
            return max(os.get_terminal_size(stream.fileno()).columns, 40)
    except (OSError, ValueError, AttributeError):
        pass
    return PIPE_COLUMNS


def safe(text: str) -> str:
    """Return a text on one line in which nothing can steer a terminal: what is not printable is escaped."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def safe_path(path: str) -> str:
    """Return a path as `safe` does, and so that no line beginning with it commands a build service (`::error::`)."""
    shown = safe(path)
    first = shown[:1]
    return shown if first.isalnum() or first in _HARMLESS_STARTS else f"./{shown}"


def width(text: str) -> int:
    """Return how many columns a printable text takes."""
    return len(text) if text.isascii() else sum(_width_of(character) for character in text)


def shortened(text: str, limit: int, *, keep_end: bool = False) -> str:
    """Cut a printable text to a number of columns, with an ellipsis where something is missing."""
    if width(text) <= limit:
        return text
    kept: list[str] = []
    left = max(limit - 1, 0)
    for character in reversed(text) if keep_end else text:
        left -= _width_of(character)
        if left < 0:
            break
        kept.append(character)
    return ELLIPSIS + "".join(reversed(kept)) if keep_end else "".join(kept) + ELLIPSIS


def wrapped(text: str, limit: int, *, break_words: bool = False) -> list[str]:
    """Break a printable text at spaces into lines of so many columns; longer words stay whole, unless broken too."""
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        for part in _parts(word, limit) if break_words else [word]:
            size = width(part)
            if line and used + 1 + size > limit:
                lines.append(line)
                line, used = part, size
            else:
                line, used = (f"{line} {part}", used + 1 + size) if line else (part, size)
    return [*lines, line]


def _parts(word: str, limit: int) -> list[str]:
    """Break a word into pieces that fit, behind an underscore or a bracket where there is one."""
    parts = []
    while width(word) > limit:
        head = shortened(word, limit + 1)[:-1]
        cut = max(head.rfind(mark) + 1 for mark in "_.(,/")
        cut = cut if cut > len(head) // 2 else max(len(head), 1)
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word]


def count(how_many: int, singular: str, plural: str = "") -> str:
    """Return `1 run`, `2 runs`, `1,000 files`."""
    return f"{how_many:,} {singular if how_many == 1 else plural or singular + 's'}"


def listed(words: tuple[str, ...] | list[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _escaped(character: str) -> str:
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _width_of(character: str) -> int:
    if character.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


@record
class ShownLine:
    """A line of the user's text as it is shown. `starts` gives the column, from 0, of each of its characters."""

    text: str
    starts: tuple[int, ...]

    def column(self, position: int) -> int:
        """Return where the character number `position` (from 1) begins, or the line ends."""
        return self.starts[min(max(position - 1, 0), len(self.starts) - 1)]

    def window(self, start: int, end: int) -> str:
        """Return what is shown between two columns, filled up where a wide character is cut."""
        pieces: list[str] = []
        column = 0
        for character in self.text:
            size = _width_of(character)
            if column >= start and column + size <= end:
                pieces.append(character)
            elif column < end and column + size > start:
                pieces.append(" " * (min(column + size, end) - max(column, start)))
            column += size
        return "".join(pieces)


def shown_line(text: str) -> ShownLine:
    """Prepare a line of the user's for showing: tabs to stops of four columns, control characters escaped."""
    if text.isascii() and text.isprintable():
        return ShownLine(text, tuple(range(len(text) + 1)))
    pieces: list[str] = []
    starts: list[int] = []
    column = 0
    for character in text:
        starts.append(column)
        if character == "\t":
            piece = " " * (TAB - column % TAB)
        else:
            piece = character if character.isprintable() else _escaped(character)
        pieces.append(piece)
        column += width(piece)
    return ShownLine("".join(pieces), (*starts, column))
