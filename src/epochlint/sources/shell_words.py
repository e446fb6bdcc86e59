"""Reading the words of a shell script: quotes, expansions, here-documents. Nothing is expanded here."""

from __future__ import annotations

from epochlint.sources.guards import Refused
from epochlint.sources.shell_tree import Arithmetic, Literal, Opaque, Parameter, ShellWord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from epochlint.sources.shell_tree import Part

NAME_STARTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
NAME_CHARACTERS = NAME_STARTS | frozenset("0123456789")
BLANKS = " \t\r"
_SPECIAL_PARAMETERS = "@*#?$!-0123456789"
_WORD_ENDS = frozenset(" \t\r\n;&|<>()")
_SPECIAL_IN_WORDS = _WORD_ENDS | frozenset("\\'\"$`")
_OPERATORS = (":-", ":=", ":+", ":?", "-", "=", "+", "?", "%%", "%", "##", "#")
_ANSI_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
NESTING_LIMIT = 50
PART_LIMIT = 50_000


class WordReader:
    """A cursor over one text. `where` maps offsets to those of the file, for texts that are values of variables."""

    def __init__(self, text: str, where: Sequence[int] | None = None) -> None:
        self.text = text
        self.offset = 0
        self.where = where
        self.nesting = 0
        self._parts_left = PART_LIMIT
        # Comments and, until their line is over, the here-documents announced: (delimiter, tabs are stripped).
        self.comments: list[tuple[int, int]] = []
        self.here_documents: list[tuple[str, bool]] = []

    def at(self, offset: int) -> int:
        return offset if self.where is None else self.where[min(offset, len(self.where) - 1)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a range as offsets of the file; its end is behind the last character, whatever follows that."""
        if self.where is None or start == end:
            return self.at(start), self.at(end)
        return self.at(start), self.at(end - 1) + 1

    def peek(self, length: int = 1) -> str:
        return self.text[self.offset : self.offset + length]

    def enter(self) -> None:
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise Refused("too-deep", f"the script is nested more than {NESTING_LIMIT} deep")

    def leave(self) -> None:
        self.nesting -= 1

    def skip_blanks(self) -> None:
        """Skip blanks and continued line ends."""
        text = self.text
        while self.offset < len(text):
            if text[self.offset] in BLANKS:
                self.offset += 1
            elif text.startswith("\\\n", self.offset):
                self.offset += 2
            elif text.startswith("\\\r\n", self.offset):
                self.offset += 3
            else:
                return

    def skip_comment(self) -> None:
        """Skip from `#` to the end of the line, which stays."""
        end = self.text.find("\n", self.offset)
        end = len(self.text) if end < 0 else end
        if self.where is None:
            self.comments.append((self.offset, self.offset + len(self.text[self.offset : end].rstrip("\r"))))
        self.offset = end

    def skip_line_end(self) -> None:
        """Skip a line feed, and the here-documents that begin behind it."""
        self.offset += 1
        for delimiter, tabs in self.here_documents:
            while self.offset < len(self.text):
                end = self.text.find("\n", self.offset)
                end = len(self.text) if end < 0 else end
                line = self.text[self.offset : end].rstrip("\r")
                self.offset = min(end + 1, len(self.text))
                if (line.lstrip("\t") if tabs else line) == delimiter:
                    break
        self.here_documents = []

    def word(self) -> ShellWord | None:
        """Return the word at the cursor; None if none begins here."""
        start = self.offset
        parts: list[Part] = []
        text = self.text
        while self.offset < len(text):
            character = text[self.offset]
            if character in _WORD_ENDS:
                if character in "<>" and text[self.offset + 1 : self.offset + 2] == "(":
                    parts.append(self._opaque(self.offset, self._behind_parenthesis(self.offset + 2), False))
                elif character == "(" and self.offset > start and text[self.offset - 1] in "?*+@!":
                    parts.append(self._opaque(self.offset, self._behind_parenthesis(self.offset + 1), False))
                else:
                    break
            else:
                self._part(parts, False)
        if self.offset == start:
            return None
        return ShellWord(tuple(parts), *self.span(start, self.offset))

    def _part(self, parts: list[Part], in_braces: bool) -> None:
        """Read one part of a word outside of double quotes."""
        self._parts_left -= 1
        if self._parts_left < 0:
            raise Refused("too-large", f"the script has more than {PART_LIMIT:,} words")
        text, start = self.text, self.offset
        character = text[start]
        if character == "\\":
            self._escape(parts)
        elif character == "'":
            end = text.find("'", start + 1)
            end = len(text) if end < 0 else end
            parts.append(Literal(text[start + 1 : end], *self.span(start + 1, end), True))
            self.offset = min(end + 1, len(text))
        elif character == '"':
            self.offset += 1
            self._double_quoted(parts)
        elif character == "$":
            self._dollar(parts, False)
        elif character == "`":
            parts.append(self._backquoted(False))
        else:
            end = start + 1
            stops = "}\\'\"$`" if in_braces else _SPECIAL_IN_WORDS
            while end < len(text) and text[end] not in stops:
                end += 1
            parts.append(Literal(text[start:end], *self.span(start, end), False))
            self.offset = end

    def _escape(self, parts: list[Part]) -> None:
        text, start = self.text, self.offset
        if text.startswith("\\\n", start):
            self.offset += 2
        elif text.startswith("\\\r\n", start):
            self.offset += 3
        elif start + 1 < len(text):
            parts.append(Literal(text[start + 1], *self.span(start + 1, start + 2), True))
            self.offset += 2
        else:
            parts.append(Literal("\\", *self.span(start, start + 1), True))
            self.offset += 1

    def _double_quoted(self, parts: list[Part]) -> None:
        """Read up to the closing quote; the cursor stands behind the opening one."""
        self.enter()
        text = self.text
        begin, before = self.offset, len(parts)
        while self.offset < len(text):
            character = text[self.offset]
            if character == '"':
                self.offset += 1
                break
            if character == "$":
                self._dollar(parts, True)
            elif character == "`":
                parts.append(self._backquoted(True))
            elif character == "\\" and text[self.offset + 1 : self.offset + 2] in tuple('$`"\\\n'):
                self._escape(parts)
            else:
                end = self.offset + 1
                while end < len(text) and text[end] not in '"$`\\':
                    end += 1
                parts.append(Literal(text[self.offset : end], *self.span(self.offset, end), True))
                self.offset = end
        if len(parts) == before:  # "" is a word too
            parts.append(Literal("", *self.span(begin, begin), True))
        self.leave()

    def _dollar(self, parts: list[Part], quoted: bool) -> None:
        text, start = self.text, self.offset
        following = text[start + 1 : start + 2]
        if following == "{":
            self.enter()
            parts.append(self._braced(quoted))
            self.leave()
        elif following == "(":
            end = self._end_of_arithmetic(start + 3) if text.startswith("$((", start) else None
            if end is None:
                parts.append(self._opaque(start, self._behind_parenthesis(start + 2), quoted))
            else:
                inner = self._parts_between(start + 3, end)
                self.offset = end + 2
                source = text[start : self.offset]
                parts.append(Arithmetic(inner, *self.span(start, self.offset), quoted, source))
        elif following == "[":
            end = text.find("]", start)
            parts.append(self._opaque(start, len(text) if end < 0 else end + 1, quoted))
        elif following in NAME_STARTS:
            end = start + 2
            while end < len(text) and text[end] in NAME_CHARACTERS:
                end += 1
            parts.append(self._parameter(text[start + 1 : end], start, end, quoted))
        elif following and following in _SPECIAL_PARAMETERS:
            parts.append(self._parameter(following, start, start + 2, quoted))
        elif following == "'" and not quoted:
            parts.append(self._ansi_quoted())
        elif following == '"' and not quoted:
            self.offset += 2
            self._double_quoted(parts)
        else:
            parts.append(Literal("$", *self.span(start, start + 1), quoted))
            self.offset = start + 1

    def _parameter(self, name: str, start: int, end: int, quoted: bool) -> Parameter:
        self.offset = end
        return Parameter(name, *self.span(start, end), quoted, self.text[start:end])

    def _opaque(self, start: int, end: int, quoted: bool) -> Opaque:
        self.offset = end
        return Opaque(*self.span(start, end), quoted, self.text[start:end])

    def _backquoted(self, quoted: bool) -> Opaque:
        start = self.offset
        end = start + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        return self._opaque(start, min(end + 1, len(self.text)), quoted)

    def _ansi_quoted(self) -> Part:
        """Read `$'…'`; one with an escape by number is not worth decoding."""
        text, start = self.text, self.offset
        offset = start + 2
        value = ""
        plain = True
        while offset < len(text) and text[offset] != "'":
            character = text[offset]
            if character == "\\" and offset + 1 < len(text):
                offset += 1
                plain = plain and text[offset] in _ANSI_ESCAPES
                character = _ANSI_ESCAPES.get(text[offset], "")
            value += character
            offset += 1
        end = min(offset + 1, len(text))
        if not plain:
            return self._opaque(start, end, True)
        self.offset = end
        return Literal(value, *self.span(start, end), True)

    def _braced(self, quoted: bool) -> Part:
        """Read `${…}`."""
        text, start = self.text, self.offset
        self.offset = start + 2
        length = self.peek() == "#" and self.peek(2)[1:] not in ("", "}")
        if length:
            self.offset += 1
        name = self._parameter_name()
        index = ""
        if name and self.peek() == "[":
            end = text.find("]", self.offset)
            if end < 0:
                return self._opaque(start, len(text), quoted)
            index = text[self.offset + 1 : end]
            self.offset = end + 1
        operator = (
            "length" if length else next((sign for sign in _OPERATORS if self.text.startswith(sign, self.offset)), "")
        )
        argument: list[Part] = []
        if operator and not length:
            self.offset += len(operator)
            self._until_brace(argument, quoted)
        if not name or self.peek() != "}":
            self.offset = max(self.offset, start + 2)
            self._until_brace([], quoted)
            return self._opaque(start, min(self.offset + 1, len(text)), quoted)
        self.offset += 1
        return Parameter(
            name, *self.span(start, self.offset), quoted, text[start : self.offset], index, operator, tuple(argument)
        )  # fmt: skip

    def _parameter_name(self) -> str:
        text, start = self.text, self.offset
        first = self.peek()
        if first in NAME_STARTS:
            while self.offset < len(text) and text[self.offset] in NAME_CHARACTERS:
                self.offset += 1
        elif first.isdigit():
            while self.peek().isdigit():
                self.offset += 1
        elif first and first in _SPECIAL_PARAMETERS and first != "!":
            self.offset += 1
        return text[start : self.offset]

    def _until_brace(self, parts: list[Part], quoted: bool) -> None:
        """Read the parts up to the closing brace, at which the cursor stays."""
        text = self.text
        while self.offset < len(text) and text[self.offset] != "}":
            start = self.offset
            if not quoted:
                self._part(parts, True)
            elif text[start] == '"':
                self.offset += 1
                self._double_quoted(parts)
            elif text[start] == "$":
                self._dollar(parts, True)
            elif text[start] == "`":
                parts.append(self._backquoted(True))
            elif text[start] == "\\":
                self._escape(parts)
            else:
                end = start + 1
                while end < len(text) and text[end] not in '}"$`\\':
                    end += 1
                parts.append(Literal(text[start:end], *self.span(start, end), True))
                self.offset = end

    def _parts_between(self, start: int, end: int) -> tuple[Part, ...]:
        """Return the parts of an arithmetic expression."""
        self.enter()
        parts: list[Part] = []
        self.offset = start
        while self.offset < end:
            character = self.text[self.offset]
            if character == "$":
                self._dollar(parts, True)
            elif character == "`":
                parts.append(self._backquoted(True))
            elif character == "\\":
                self._escape(parts)
            else:
                begin = self.offset
                while self.offset < end and self.text[self.offset] not in "$`\\":
                    self.offset += 1
                parts.append(Literal(self.text[begin : self.offset], *self.span(begin, self.offset), True))
        self.leave()
        return tuple(parts)

    def calculation(self) -> tuple[Part, ...] | None:
        """Read `(( … ))` at the cursor; None, with the cursor unmoved, if these are nested subshells."""
        end = self._end_of_arithmetic(self.offset + 2)
        if end is None:
            return None
        parts = self._parts_between(self.offset + 2, end)
        self.offset = end + 2
        return parts

    def _end_of_arithmetic(self, offset: int) -> int | None:
        """Return where the `))` stands that closes an expression; None if there is no such thing."""
        depth = 0
        text = self.text
        while offset < len(text):
            character = text[offset]
            if character == "(":
                depth += 1
            elif character == ")":
                if depth == 0:
                    return offset if text.startswith("))", offset) else None
                depth -= 1
            elif character in "'\"`" or (character == "\n" and depth == 0 and text.startswith("\n\n", offset)):
                return None
            offset += 1
        return None

    def _behind_parenthesis(self, offset: int) -> int:
        """Return the offset behind the parenthesis that closes a command substitution."""
        text = self.text
        depth = 1
        here: list[tuple[str, bool]] = []
        while offset < len(text):
            character = text[offset]
            if character == "\\":
                offset += 1
            elif character == "'":
                end = text.find("'", offset + 1)
                offset = len(text) if end < 0 else end
            elif character == '"':
                offset = self._end_of_double_quotes(offset + 1)
            elif character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if depth == 0:
                    return offset + 1
            elif character == "#" and text[offset - 1] in " \t\n;(":
                end = text.find("\n", offset)
                offset = len(text) if end < 0 else end - 1
            elif character == "<" and text.startswith("<<", offset) and text[offset + 2 : offset + 3] != "<":
                offset = self._here_delimiter(offset + 2, here) - 1
            elif character == "<" and text.startswith("<<<", offset):
                offset += 2
            elif character == "\n" and here:
                offset = self._behind_here_documents(offset + 1, here) - 1
                here = []
            offset += 1
        return len(text)

    def _end_of_double_quotes(self, offset: int) -> int:
        """Return where the quote stands that closes a text; quotes inside of `$(…)` do not count."""
        text = self.text
        depth = 0
        while offset < len(text):
            if text[offset] == "\\":
                offset += 1
            elif text.startswith("$(", offset):
                depth += 1
                offset += 1
            elif text[offset] == "(" and depth:
                depth += 1
            elif text[offset] == ")" and depth:
                depth -= 1
            elif text[offset] == '"' and depth == 0:
                return offset
            offset += 1
        return len(text)

    def _here_delimiter(self, offset: int, found: list[tuple[str, bool]]) -> int:
        tabs = self.text[offset : offset + 1] == "-"
        before = self.offset
        self.offset = offset + tabs
        self.skip_blanks()
        word = self.word()
        offset, self.offset = self.offset, before
        delimiter = word.literal() if word else None
        if delimiter is not None:
            found.append((delimiter, tabs))
        return offset

    def _behind_here_documents(self, offset: int, here: list[tuple[str, bool]]) -> int:
        before, pending = self.offset, self.here_documents
        self.offset, self.here_documents = offset - 1, here
        self.skip_line_end()
        offset, self.offset, self.here_documents = self.offset, before, pending
        return offset
