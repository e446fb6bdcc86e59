"""Expanding the words of a shell script as far as they can be known, with the place where each piece was written."""

from __future__ import annotations

from epochlint.sources.shell_arithmetic import assigned_in, calculate, integer
from epochlint.sources.shell_tree import Arithmetic, Literal, Opaque, Parameter, ShellWord
from epochlint.sources.shell_values import (
    ABSENT,
    POSITIONAL,
    SEPARATORS,
    UNKNOWN,
    UNSET,
    Array,
    Marker,
    Piece,
    Text,
    as_unknown,
    bounded,
    doubted,
    is_overridable,
    literal_piece,
    made,
    replaced,
    sliced,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.sources.shell_tree import Part
    from epochlint.sources.shell_values import Field, Value, Variables

_SPECIAL = frozenset("@*#?$!-0123456789")


class _Splitter:
    """Collects the pieces of words, and begins a new word at each blank of an unquoted expansion."""

    def __init__(self, default_splitting: bool) -> None:
        self.fields: list[Field] = []
        self._current: Field | None = None
        self._default = default_splitting

    def open(self) -> Field:
        if self._current is None:
            self._current = []
        return self._current

    def add(self, piece: Piece) -> None:
        self.open().append(piece)

    def finish(self) -> None:
        if self._current is not None:
            self.fields.append(self._current)
            self._current = None

    def split(self, piece: Piece) -> None:
        if piece.quoted or not piece.known:
            self.add(piece)
            return
        if not self._default:
            self.add(as_unknown(piece))
            return
        offset, text = 0, piece.text
        while offset < len(text):
            if text[offset] in SEPARATORS:
                self.finish()
                offset += 1
                continue
            end = offset
            while end < len(text) and text[end] not in SEPARATORS:
                end += 1
            self.add(sliced(piece, offset, end))
            offset = end


class Expander:
    """Expands words with the variables at hand; `${X:=8}` may set some."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables

    # --- words -------------------------------------------------------------------------------------------------------

    def fields(self, word: ShellWord) -> list[Field]:
        """Return the words that a word of a command becomes."""
        splitter = _Splitter(self.variables.default_splitting)
        for part in word.parts:
            if isinstance(part, Literal):
                splitter.add(literal_piece(part))
                continue
            for index, element in enumerate(self._expansion(part)):
                if index:
                    splitter.finish()
                if part.quoted:
                    splitter.open()
                    for piece in element:
                        splitter.add(piece)
                else:
                    for piece in element:
                        splitter.split(piece)
        splitter.finish()
        return [_matched(field, word) for field in splitter.fields]

    def value(self, word: ShellWord | None, at: int) -> Text:
        """Return what a word becomes on the right of an assignment: neither split nor matched against files."""
        if word is None:
            return Text((), (at, at))
        pieces = self.joined(word.parts)
        first = word.parts[0]
        if isinstance(first, Literal) and not first.quoted and first.text.startswith("~"):
            pieces = [as_unknown(piece) for piece in pieces]
        return Text(bounded(pieces), (word.start, word.end))

    def joined(self, parts: Iterable[Part]) -> Field:
        """Return the pieces of a text in which nothing is split; elements of arrays are joined by blanks."""
        pieces: Field = []
        for part in parts:
            if isinstance(part, Literal):
                pieces.append(literal_piece(part))
                continue
            for index, element in enumerate(self._expansion(part)):
                if index:
                    pieces.append(made(" ", (part.start, part.end), known=self.variables.default_splitting))
                pieces.extend(element)
        return pieces

    # --- expansions --------------------------------------------------------------------------------------------------

    def _expansion(self, part: Parameter | Arithmetic | Opaque) -> list[Field]:
        span = (part.start, part.end)
        if isinstance(part, Arithmetic):
            result = self.calculate(part.parts)
            if result is None:
                return [[made(part.source, span, known=False, quoted=part.quoted)]]
            return [[made(str(result[0]), span, overridable=result[1], quoted=part.quoted)]]
        if isinstance(part, Opaque):
            return [[made(part.source, span, known=False, quoted=part.quoted)]]
        elements = self._parameter(part)
        if elements is None:
            return [[made(part.source, span, known=False, quoted=part.quoted)]]
        return elements

    def _parameter(self, part: Parameter) -> list[Field] | None:
        """Return the elements that a parameter expands to; None if they are not known."""
        value = self._value_of(part)
        if value is None:
            return None
        if part.operator == "length":
            return self._length(part, value)
        if part.operator in (":-", "-", ":=", "=", ":+", "+", ":?", "?"):
            return self._with_alternative(part, value)
        if value is UNSET:
            return [[]]
        if isinstance(value, Marker):
            return None
        if isinstance(value, Array):
            if part.operator:
                return None
            elements = [self._moved(item, part) for item in value.items]
            if "*" in (part.index, part.name) and part.quoted:
                return [self._with_blanks(elements, part)]
            return elements
        if part.operator:
            return _without(value, part, self)
        return [self._moved(value, part)]

    def _value_of(self, part: Parameter) -> Value | None:
        """Return the value that a parameter names; an `Array` only if all of its elements are meant."""
        name = part.name
        if name in _SPECIAL or name.isdigit():
            return self._positional(part)
        value = self.variables.get(name)
        if isinstance(value, Array):
            if part.index in ("@", "*"):
                return value
            index = integer(part.index or "0")
            if index is None or not value.countable or not -len(value.items) <= index < len(value.items):
                return UNSET if index is not None and value.countable and index >= 0 else None
            return value.items[index]
        if part.index and part.index not in ("@", "*", "0"):
            return None if value is not UNSET else UNSET
        return value

    def _positional(self, part: Parameter) -> Value:
        positional = self.variables.positional
        if part.name == "#":
            if isinstance(positional, Marker):
                return UNKNOWN
            return Text((made(str(len(positional)), (part.start, part.end)),), (part.start, part.end))
        if part.name in ("@", "*"):
            return UNKNOWN if isinstance(positional, Marker) else Array(positional)
        if not part.name.isdigit() or part.name == "0":
            return UNKNOWN
        if isinstance(positional, Marker):
            return positional
        index = int(part.name) if len(part.name) < 4 else 1_000
        return positional[index - 1] if index <= len(positional) else UNSET

    def _length(self, part: Parameter, value: Value) -> list[Field] | None:
        span = (part.start, part.end)
        if isinstance(value, Array):
            return [[made(str(len(value.items)), span, quoted=part.quoted)]] if value.countable else None
        if value is UNSET:
            return [[made("0", span, quoted=part.quoted)]]
        if isinstance(value, Text) and value.known and value.text.isascii() and part.index not in ("@", "*"):
            return [[made(str(len(value.text)), span, quoted=part.quoted, overridable=is_overridable(value))]]
        return None

    def _with_alternative(self, part: Parameter, value: Value) -> list[Field] | None:
        """Expand `${X:-8}` and its like."""
        operator = part.operator
        kind, or_empty = operator[-1], operator[0] == ":"
        if isinstance(value, Array) or value is UNKNOWN:
            return None
        absent = value is ABSENT
        if isinstance(value, Text):
            if or_empty and not value.known and not any(piece.known and piece.text for piece in value.pieces):
                return None  # it may be empty
            given = not or_empty or any(piece.text for piece in value.pieces)
        else:
            given = False
        if kind == "+":
            if absent:
                return None
            return [self.joined(part.argument)] if given else [[]]
        if isinstance(value, Text) and given:
            return [self._moved(value, part)]
        if kind == "?":
            return None
        pieces = self.joined(part.argument)
        if absent:
            pieces = [replaced(piece, overridable=True) for piece in pieces]
        if kind == "=":
            self.assign(part.name, Text(bounded(pieces), (part.start, part.end)))
        return [pieces]

    def _moved(self, value: Text, part: Parameter) -> Field:
        """Return the pieces of a value as the expansion of a parameter has them."""
        here = (part.start, part.end)
        return [
            Piece(p.text, p.known, part.quoted, p.overridable, p.origin, p.here, here, p.exact) for p in value.pieces
        ]

    def _with_blanks(self, elements: list[Field], part: Parameter) -> Field:
        pieces: Field = []
        for index, element in enumerate(elements):
            if index:
                pieces.append(made(" ", (part.start, part.end), known=self.variables.default_splitting, quoted=True))
            pieces.extend(element)
        return pieces

    # --- arithmetic --------------------------------------------------------------------------------------------------

    def calculate(self, parts: Iterable[Part]) -> tuple[int, bool] | None:
        """Return the value of an expression, and whether the environment may change it; None if it is not known."""
        pieces = self.joined(parts)
        if not all(piece.known for piece in pieces):
            return None
        overridable = [any(piece.overridable for piece in pieces)]

        def lookup(name: str) -> int | None:
            value = self.variables.get(name)
            if isinstance(value, Array):
                value = value.items[0] if value.items and value.countable else UNKNOWN
            if value is UNSET:
                return 0
            if not isinstance(value, Text) or not value.known:
                return None
            overridable[0] = overridable[0] or is_overridable(value)
            return integer(value.text) if value.text.strip() else 0

        text = "".join([piece.text for piece in pieces])
        result = calculate(text, lookup)
        for name in assigned_in(text):
            self.assign(name, UNKNOWN)
        return None if result is None else (result, overridable[0])

    # --- variables ---------------------------------------------------------------------------------------------------

    def assign(self, name: str, value: Value) -> None:
        if not name:
            self.forget_all()
            return
        if name == POSITIONAL:
            self.variables.positional = UNKNOWN
            return
        if name == "IFS":
            plain = isinstance(value, Text) and value.known and value.text == SEPARATORS
            self.variables.default_splitting = value is UNSET or plain
        self.variables.values[name] = value

    def forget_all(self) -> None:
        """Whatever is set may have been changed."""
        variables = self.variables
        variables.values = dict.fromkeys(variables.values, UNKNOWN)
        variables.positional = UNKNOWN

    def doubt_all(self) -> None:
        """Whatever is set may have been changed, by a file that is about something else most of the time: the texts
        stay, without being known."""
        kept = {name: doubted(value) for name, value in self.variables.values.items() if isinstance(value, Text)}
        self.forget_all()
        self.variables.values.update(kept)


def _without(value: Text, part: Parameter, expander: Expander) -> list[Field] | None:
    """Expand `${X%suffix}` and `${X#prefix}` with a pattern that is plain text."""
    pattern = expander.joined(part.argument)
    text = "".join([piece.text for piece in pattern])
    plain = all(piece.known for piece in pattern) and not any(sign in text for sign in "*?[(\\")
    if not value.known or not plain or part.operator[0] not in "%#":
        return None
    changed = value.text.removesuffix(text) if part.operator[0] == "%" else value.text.removeprefix(text)
    return [[made(changed, (part.start, part.end), quoted=part.quoted, overridable=is_overridable(value))]]


def _matched(field: Field, word: ShellWord) -> Field:
    """Make a word unknown that the shell would match against files, expand in braces, or look up as a home folder."""
    bare = "".join([piece.text for piece in field if not piece.quoted and piece.known])
    text = "".join([piece.text for piece in field])
    matches = ("*" in bare or "?" in bare) and not (text.startswith("-") or "=" in text)
    first = word.parts[0]
    at_home = isinstance(first, Literal) and not first.quoted and first.text.startswith("~")
    if matches or at_home or _has_braces(word):
        return [as_unknown(piece) for piece in field]
    return field


def _has_braces(word: ShellWord) -> bool:
    bare = "".join([part.text for part in word.parts if isinstance(part, Literal) and not part.quoted])
    opening = bare.find("{")
    return opening >= 0 and any(sign in bare[opening:] for sign in (",", "..")) and bare.rfind("}") > opening
