"""What a shell script's variables may hold: texts in pieces, each with the place where it was written."""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.sources.shell_tree import Literal

SEPARATORS = " \t\n"
# Variables to which the shell itself gives new values all the time.
VOLATILE = frozenset({
    "RANDOM", "SRANDOM", "SECONDS", "LINENO", "BASHPID", "EPOCHSECONDS", "EPOCHREALTIME", "BASH_COMMAND", "FUNCNAME",
    "DIRSTACK", "GROUPS", "HISTCMD", "PIPESTATUS", "UID", "EUID", "PPID", "PWD", "OLDPWD", "OPTIND", "REPLY", "_",
    "BASH_REMATCH", "COLUMNS", "LINES", "SHLVL", "BASH_SOURCE", "BASH_LINENO", "BASH_ARGV0",
})  # fmt: skip
POSITIONAL = "@"  # stands for all of `$1`, `$2`, …
LONGEST_VALUE = 65_536
LONGEST_ARRAY = 2_000


@record
class Piece:
    """A stretch of text in a word.

    It was written at `origin`; `used` is where the value that brought it has it (`${N}` in `ARGS="--n ${N}"`), `here`
    where the word at hand has it. `exact` if each character of the text is one of the origin.
    """

    text: str
    known: bool
    quoted: bool
    overridable: bool
    origin: tuple[int, int]
    used: tuple[int, int]
    here: tuple[int, int]
    exact: bool = False


Field: TypeAlias = "list[Piece]"
Words: TypeAlias = "list[tuple[Field, tuple[int, int]]]"  # each with the span of the word that it comes from


class Marker:
    """A state of a variable other than a value."""

    def __init__(self, name: str) -> None:
        self.name = name


UNKNOWN = Marker("unknown")  # set, to what cannot be known
UNSET = Marker("unset")  # surely not set
ABSENT = Marker("absent")  # the script does not set it; the environment may


@record
class Text:
    """The value of a variable that is no array. `span` is where the word of its assignment stands."""

    pieces: tuple[Piece, ...]
    span: tuple[int, int]

    @property
    def text(self) -> str:
        return "".join([piece.text for piece in self.pieces])

    @property
    def known(self) -> bool:
        return all(piece.known for piece in self.pieces)


@record
class Array:
    """The value of an array. `countable` is false where an element may stand for several or for none."""

    items: tuple[Text, ...]
    countable: bool = True


Value: TypeAlias = "Text | Array | Marker"


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are surely the same."""
    if left is right:
        return True
    if isinstance(left, Text) and isinstance(right, Text):
        return left.known and right.known and left.text == right.text and is_overridable(left) == is_overridable(right)
    if isinstance(left, Array) and isinstance(right, Array):
        pairs = zip(left.items, right.items, strict=False)
        return len(left.items) == len(right.items) and all(same(one, other) for one, other in pairs)
    return False


def joined_value(left: Value, right: Value) -> Value:
    """Return what a variable holds after one of two ways: a text that one of them leaves in doubt is in doubt."""
    if same(left, right):
        return left
    if isinstance(left, Text) and isinstance(right, Text) and left.text == right.text:
        return doubted(left)
    return UNKNOWN


def doubted(value: Text) -> Text:
    return Text(tuple(map(as_unknown, value.pieces)), value.span)


def is_overridable(value: Text) -> bool:
    return any(piece.overridable for piece in value.pieces)


class Variables:
    """What is known of the variables at one point of a script."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.exported: dict[str, None] = {}
        self.positional: tuple[Text, ...] | Marker = ABSENT  # as given on the command line
        self.default_splitting = True

    def get(self, name: str) -> Value:
        return UNKNOWN if name in VOLATILE else self.values.get(name, ABSENT)

    def copy(self) -> Variables:
        other = Variables()
        other.values = dict(self.values)
        other.exported = dict(self.exported)
        other.positional = self.positional
        other.default_splitting = self.default_splitting
        return other


def literal_piece(part: Literal) -> Piece:
    span = (part.start, part.end)
    exact = len(part.text) == part.end - part.start
    return Piece(part.text, True, part.quoted, False, span, span, span, exact)


def made(
    text: str, span: tuple[int, int], *, known: bool = True, quoted: bool = False, overridable: bool = False
) -> Piece:
    return Piece(text, known, quoted, overridable, span, span, span)


def as_unknown(piece: Piece) -> Piece:
    return replaced(piece, known=False)


def replaced(piece: Piece, known: bool | None = None, overridable: bool | None = None) -> Piece:
    return Piece(
        piece.text, piece.known if known is None else known, piece.quoted,
        piece.overridable if overridable is None else overridable, piece.origin, piece.used, piece.here, piece.exact,
    )  # fmt: skip


def sliced(piece: Piece, start: int, end: int) -> Piece:
    text = piece.text[start:end]
    if not piece.exact:
        return Piece(text, True, False, piece.overridable, piece.origin, piece.used, piece.here)
    origin = (piece.origin[0] + start, piece.origin[0] + end)
    used = origin if piece.used == piece.origin else piece.used
    return Piece(text, True, False, piece.overridable, origin, used, piece.here, True)


def bounded(pieces: Field) -> tuple[Piece, ...]:
    """Refuse to carry values that grow without end (`A=$A$A`)."""
    if len(pieces) > LONGEST_ARRAY or sum(len(piece.text) for piece in pieces) > LONGEST_VALUE:
        return (Piece("", False, False, False, pieces[0].origin, pieces[0].used, pieces[0].here),)
    return tuple(pieces)


def text_of(field: Field) -> str | None:
    """Return the text of a word, or None if it is not wholly known."""
    return "".join([piece.text for piece in field]) if all(piece.known for piece in field) else None


def as_positional(words: Words) -> tuple[Text, ...] | Marker:
    """Return words as positional parameters; `UNKNOWN` if it is not known how many they are."""
    for field, _ in words:
        for piece in field:
            if not piece.known and (not piece.quoted or stands_for_many(piece)):
                return UNKNOWN
    return tuple([Text(tuple(field), span) for field, span in words])


def stands_for_many(piece: Piece) -> bool:
    """Tell whether an unknown piece is something like `"$@"`, which makes several words in spite of its quotes."""
    return not piece.known and "@" in piece.text
