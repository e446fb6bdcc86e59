"""Reading JSON with the place of every key and value, repeated keys kept, and errors at their line and column.

As Python's `json` reads it: `NaN` and `Infinity` are numbers. Comments and trailing commas belong to JSONC and JSON5;
in plain JSON, which no Python program would load with them, they are a problem and reading goes on.
"""

from __future__ import annotations

from epochlint.sources.documents import Comment, Document, MappingNode, Problem, SequenceNode
from epochlint.sources.guards import DEPTH_LIMIT, LONGEST_NUMBER, Refused, node_limit
from epochlint.sources.making import new_entry, new_scalar
from epochlint.sources.positions import Positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.places import Span
    from epochlint.sources.documents import Entry, Node, Plain, ScalarNode

    ScanString = Callable[[str, int, bool], tuple[str, int]]

_BLANKS = " \t\n\r"
_WINDOW = 64  # how far ahead blanks are looked for at once
_WORDS: dict[str, Plain] = {
    "true": True, "false": False, "null": None,
    "NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"),
}  # fmt: skip
# Files whose programs read comments although they end in .json.
_RELAXED_NAMES = ("tsconfig", "jsconfig", "devcontainer")
_RELAXED_SUFFIXES = (".jsonc", ".json5")


def read_json(path: str, text: str) -> Document:
    """Read a JSON file; `root` is None where a problem says what is wrong."""
    parser = JsonParser(text, Positions(text), relaxed=is_relaxed(path))
    root: Node | None = None
    try:
        root = parser.whole()
    except Refused as refused:
        parser.problems.append(refused.problem)
    return Document(path, "json", text, root, comments=tuple(parser.comments), problems=tuple(parser.problems))


def is_relaxed(path: str) -> bool:
    """Tell whether a file may have comments and trailing commas, by its name."""
    folder, _, name = path.rpartition("/")
    return name.endswith(_RELAXED_SUFFIXES) or name.startswith(_RELAXED_NAMES) or folder.rpartition("/")[2] == ".vscode"


class JsonParser:
    """Parses the JSON values of one text, of which JSON may be only a part (the values of an ini file)."""

    def __init__(self, text: str, positions: Positions, relaxed: bool = False) -> None:
        self.text = text
        self.positions = positions
        self.relaxed = relaxed
        self.comments: list[Comment] = []
        self.problems: list[Problem] = []
        self._scan_string = _string_scanner()
        self._left = node_limit(text)

    def whole(self) -> Node | None:
        """Return the value that is the whole text; None, with a problem, for an empty text."""
        start = self.skip_blanks(0)
        if start == len(self.text):
            raise Refused("unreadable-file", "the file is empty", self.positions.point(0))
        node, end = self.value(start)
        end = self.skip_blanks(end)
        if end < len(self.text):
            raise self._error("something stands behind the end of the JSON value", end)
        return node

    def value(self, start: int, depth: int = 0) -> tuple[Node, int]:
        """Return the value that begins at an offset, and the offset behind it. Raises `Refused`."""
        self._left -= 1
        if self._left < 0:
            raise Refused("too-large", "the file has too many values", self.positions.point(start))
        first = self.text[start : start + 1]
        if first == '"':
            return self._string(start)
        if first in ("{", "["):
            if depth >= DEPTH_LIMIT:
                message = f"the file is nested more than {DEPTH_LIMIT} deep"
                raise Refused("too-deep", message, self.positions.point(start))
            return self._mapping(start, depth) if first == "{" else self._sequence(start, depth)
        return self._bare(start)

    def skip_blanks(self, offset: int) -> int:
        """Return the offset of the next thing behind blanks and comments."""
        text = self.text
        while True:
            window = text[offset : offset + _WINDOW]
            rest = window.lstrip(_BLANKS)
            offset += len(window) - len(rest)
            if not rest:
                if not window:
                    return offset
            elif rest[0] == "/" and text[offset + 1 : offset + 2] in ("/", "*"):
                offset = self._comment(offset)
            else:
                return offset

    def _comment(self, start: int) -> int:
        if self.text[start + 1] == "/":
            ends = [end for end in (self.text.find(mark, start) for mark in "\n\r") if end >= 0]
            end = inner = min(ends, default=len(self.text))
        else:
            inner = self.text.find("*/", start + 2)
            if inner < 0:
                raise self._error("this comment has no end", start)
            end = inner + 2
        span = self.positions.span(start, end)
        self.comments.append(Comment(self.text[start + 2 : inner].strip(), span, self.positions.stands_alone(start)))
        self._relaxed_only("JSON has no comments", span)
        return end

    def _relaxed_only(self, message: str, span: Span) -> None:
        """Note the first thing that only relaxed JSON has."""
        if not self.relaxed and not self.problems:
            self.problems.append(Problem("unreadable-file", message, span, fatal=False))

    def _string(self, start: int) -> tuple[ScalarNode, int]:
        try:
            value, end = self._scan_string(self.text, start + 1, True)
        except (ValueError, SystemError):
            raise self._string_error(start) from None
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8")  # halves of characters cannot be shown
        return new_scalar(value, value, self.positions.span(start, end), True), end

    def _string_error(self, start: int) -> Refused:
        """Say what is wrong with a string: the C scanner knows, but tells it only where `json.decoder` is loaded."""
        from json.decoder import JSONDecodeError

        try:
            self._scan_string(self.text, start + 1, True)
        except JSONDecodeError as error:
            message = error.msg.removesuffix(" at")
            return self._error(message[:1].lower() + message[1:], error.pos)
        return self._error("this string is broken", start)

    def _mapping(self, start: int, depth: int) -> tuple[MappingNode, int]:
        text = self.text
        entries: list[Entry] = []
        offset = self.skip_blanks(start + 1)
        while text[offset : offset + 1] != "}":
            if text[offset : offset + 1] != '"':
                raise self._error("a key in double quotes should stand here", offset)
            key, offset = self._string(offset)
            offset = self.skip_blanks(offset)
            if text[offset : offset + 1] != ":":
                raise self._error("a colon should stand here", offset)
            value, offset = self.value(self.skip_blanks(offset + 1), depth + 1)
            entries.append(new_entry(key.text, key.span, value))
            offset = self._next_item(offset, "}")
        return MappingNode(tuple(entries), self.positions.span(start, offset + 1)), offset + 1

    def _sequence(self, start: int, depth: int) -> tuple[SequenceNode, int]:
        items: list[Node] = []
        offset = self.skip_blanks(start + 1)
        while self.text[offset : offset + 1] != "]":
            item, offset = self.value(offset, depth + 1)
            items.append(item)
            offset = self._next_item(offset, "]")
        return SequenceNode(tuple(items), self.positions.span(start, offset + 1)), offset + 1

    def _next_item(self, offset: int, closing: str) -> int:
        """Return the offset of the next item, or of the bracket that ends the collection."""
        offset = self.skip_blanks(offset)
        character = self.text[offset : offset + 1]
        if character == closing:
            return offset
        if character != ",":
            raise self._error(f"a comma or {closing} should stand here", offset)
        following = self.skip_blanks(offset + 1)
        if self.text[following : following + 1] == closing:
            self._relaxed_only("JSON has no trailing commas", self.positions.span(offset, offset + 1))
        return following

    def _bare(self, start: int) -> tuple[ScalarNode, int]:
        text = self.text
        end = start
        while end < len(text) and (text[end].isalnum() or text[end] in "+-._"):
            end += 1
        word = text[start:end]
        if word in _WORDS:
            return new_scalar(_WORDS[word], word, self.positions.span(start, end)), end
        is_float = _number_kind(word)
        if is_float is None:
            raise self._error("a value should stand here", start)
        span = self.positions.span(start, end)
        value: Plain
        if len(word) > LONGEST_NUMBER:
            value = word
            self.problems.append(Problem("unreadable-file", f"a number of {len(word):,} digits", span, fatal=False))
        else:
            value = float(word) if is_float else int(word)
        return new_scalar(value, word, span), end

    def _error(self, message: str, offset: int) -> Refused:
        return Refused("unreadable-file", f"not readable as JSON: {message}", self.positions.point(offset))


def _string_scanner() -> ScanString:
    """Return CPython's own scanner of string literals; its C version needs none of the rest of `json`."""
    try:
        from _json import scanstring
    except ImportError:
        from json import decoder

        scanstring = vars(decoder)["scanstring"]
    return scanstring


def _number_kind(word: str) -> bool | None:
    """Tell whether a word is a JSON number with a fraction or an exponent; None if it is no number at all."""
    body = word[1:] if word[:1] == "-" else word
    mantissa, exponent = body, None
    for mark in "eE":
        if mark in body:
            mantissa, _, exponent = body.partition(mark)
            break
    whole, point, fraction = mantissa.partition(".")
    if not _is_digits(whole) or (len(whole) > 1 and whole[0] == "0"):
        return None
    if point and not _is_digits(fraction):
        return None
    if exponent is None:
        return bool(point)
    return True if _is_digits(exponent[1:] if exponent[:1] in ("+", "-") else exponent) else None


def _is_digits(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()
