"""Finding where the keys and values of a TOML file stand, which `tomllib` does not tell.

This scanner trusts that the text is valid TOML and stops at the first thing it does not understand: values whose place
it has not found get the place of their key.
"""

from __future__ import annotations

from epochlint.sources.guards import DEPTH_LIMIT, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.sources.positions import Positions

Keys = tuple["str | int", ...]

_BLANKS = " \t"
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}
_ENDS_OF_BARE_VALUE = ",]}#\n\r"
_BARE_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class _Lost(Exception):
    """The scanner met something that is not TOML as it knows it."""


class TomlPlaces:
    """Offsets of keys and values by path: `("tool", "runs", 0, "lr")`. A table's value is the header that opens it."""

    def __init__(self, positions: Positions) -> None:
        self.text = positions.text
        self.keys: dict[Keys, tuple[int, int]] = {}
        self.values: dict[Keys, tuple[int, int]] = {}
        self.comments: list[tuple[int, int]] = []
        self._positions = positions
        self._counts: dict[Keys, int] = {}  # arrays of tables: how many there are so far

    def scan(self) -> None:
        """Walk over the text. Raises `Refused` for what is nested too deep to be handed to anybody."""
        try:
            self._document()
        except _Lost:
            return

    def _document(self) -> None:
        text = self.text
        offset, table = 0, ()
        prefix: Keys = table
        while True:
            offset = self._skip(offset)
            if offset >= len(text):
                return
            if text[offset] == "[":
                prefix, offset = self._header(offset)
            else:
                offset = self._pair(offset, prefix, 0)
            offset = self._line_rest(offset)

    def _header(self, start: int) -> tuple[Keys, int]:
        many = self.text.startswith("[[", start)
        parts, offset = self._dotted_key(start + (2 if many else 1))
        closing = "]]" if many else "]"
        if not self.text.startswith(closing, offset):
            raise _Lost
        end = offset + len(closing)
        prefix: Keys = ()
        for index, (name, where) in enumerate(parts):
            prefix = (*prefix, name)
            self.keys.setdefault(prefix, where)
            if index < len(parts) - 1:
                prefix = self._latest(prefix)
        if many:
            count = self._counts.get(prefix, 0)
            self._counts[prefix] = count + 1
            prefix = (*prefix, count)
        else:
            prefix = self._latest(prefix)
        self.values.setdefault(prefix, (start, end))
        return prefix, end

    def _latest(self, prefix: Keys) -> Keys:
        """Return the path of the last table so far, where a path names an array of tables."""
        count = self._counts.get(prefix, 0)
        return (*prefix, count - 1) if count else prefix

    def _pair(self, offset: int, prefix: Keys, depth: int) -> int:
        parts, offset = self._dotted_key(offset)
        path = prefix
        for name, where in parts:
            path = (*path, name)
            self.keys.setdefault(path, where)
        if self.text[offset : offset + 1] != "=":
            raise _Lost
        return self._value(self._skip_blanks(offset + 1), path, depth)

    def _dotted_key(self, offset: int) -> tuple[list[tuple[str, tuple[int, int]]], int]:
        parts: list[tuple[str, tuple[int, int]]] = []
        while True:
            offset = self._skip_blanks(offset)
            start = offset
            if self.text[offset : offset + 1] in ("'", '"') and offset < len(self.text):
                name, offset = self._quoted_key(offset)
            else:
                while offset < len(self.text) and self.text[offset] in _BARE_KEY:
                    offset += 1
                name = self.text[start:offset]
                if not name:
                    raise _Lost
            parts.append((name, (start, offset)))
            if len(parts) > DEPTH_LIMIT:
                raise self._too_deep(start)
            offset = self._skip_blanks(offset)
            if self.text[offset : offset + 1] != ".":
                return parts, offset
            offset += 1

    def _quoted_key(self, start: int) -> tuple[str, int]:
        end = self._string(start)
        inner = self.text[start + 1 : end - 1]
        if self.text[start] == "'" or "\\" not in inner:
            return inner, end
        name, index = "", 0
        while index < len(inner):
            character = inner[index]
            index += 1
            if character == "\\" and index < len(inner):
                kind = inner[index]
                index += 1
                digits = {"x": 2, "u": 4, "U": 8}.get(kind, 0)
                if digits:
                    try:
                        character = chr(int(inner[index : index + digits], 16))
                    except (ValueError, OverflowError):
                        raise _Lost from None
                    index += digits
                else:
                    character = _ESCAPES.get(kind, kind)
            name += character
        return name, end

    def _value(self, start: int, path: Keys, depth: int) -> int:
        first = self.text[start : start + 1]
        if depth > DEPTH_LIMIT:
            raise self._too_deep(start)
        if first == "[":
            end = self._array(start, path, depth)
        elif first == "{":
            end = self._inline_table(start, path, depth)
        elif first in ("'", '"') and first:
            end = self._string(start)
        else:
            end = start
            while end < len(self.text) and self.text[end] not in _ENDS_OF_BARE_VALUE:
                end += 1
            end = start + len(self.text[start:end].rstrip())
            if end == start:
                raise _Lost
        self.values.setdefault(path, (start, end))
        return end

    def _array(self, start: int, path: Keys, depth: int) -> int:
        offset = self._skip(start + 1)
        index = 0
        while self.text[offset : offset + 1] != "]":
            offset = self._skip(self._value(offset, (*path, index), depth + 1))
            index += 1
            if self.text[offset : offset + 1] == ",":
                offset = self._skip(offset + 1)
            elif self.text[offset : offset + 1] != "]":
                raise _Lost
        return offset + 1

    def _inline_table(self, start: int, path: Keys, depth: int) -> int:
        offset = self._skip(start + 1)
        while self.text[offset : offset + 1] != "}":
            offset = self._skip(self._pair(offset, path, depth + 1))
            if self.text[offset : offset + 1] == ",":
                offset = self._skip(offset + 1)
            elif self.text[offset : offset + 1] != "}":
                raise _Lost
        return offset + 1

    def _string(self, start: int) -> int:
        """Return the offset behind a string of any of the four kinds."""
        text = self.text
        quote = text[start]
        if text.startswith(quote * 3, start):
            offset = start + 3
            while True:
                end = text.find(quote * 3, offset)
                if end < 0:
                    raise _Lost
                if quote == "'" or not self._is_escaped(end, start + 3):
                    break
                offset = end + 1
            end += 3
            while text[end : end + 1] == quote and end - start < len(text):  # up to two quotes may end the text itself
                end += 1
            return end
        offset = start + 1
        while True:
            end = text.find(quote, offset)
            if end < 0:
                raise _Lost
            if quote == "'" or not self._is_escaped(end, start + 1):
                return end + 1
            offset = end + 1

    def _is_escaped(self, offset: int, start: int) -> bool:
        count = 0
        while offset - count > start and self.text[offset - count - 1] == "\\":
            count += 1
        return count % 2 == 1

    def _skip_blanks(self, offset: int) -> int:
        while offset < len(self.text) and self.text[offset] in _BLANKS:
            offset += 1
        return offset

    def _skip(self, offset: int) -> int:
        """Return the offset of the next thing behind blanks, line ends and comments."""
        text = self.text
        while offset < len(text):
            if text[offset] in " \t\n\r":
                offset += 1
            elif text[offset] == "#":
                end = text.find("\n", offset)
                end = len(text) if end < 0 else end
                self.comments.append((offset, offset + len(text[offset:end].rstrip("\r"))))
                offset = end
            else:
                break
        return offset

    def _line_rest(self, offset: int) -> int:
        offset = self._skip_blanks(offset)
        if self.text[offset : offset + 1] not in ("", "\n", "\r", "#"):
            raise _Lost
        return offset

    def _too_deep(self, offset: int) -> Refused:
        return Refused("too-deep", f"the file is nested more than {DEPTH_LIMIT} deep", self._positions.point(offset))
