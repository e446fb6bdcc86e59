"""Comments that speak to epochlint: `# epochlint: ignore[NAME] reason`, `# epochlint: dataset_size=50000`.

They are read from any document whose reader keeps comments.
"""

from __future__ import annotations

from epochlint.errors import did_you_mean
from epochlint.findings.own_rules import MALFORMED_COMMENT, MARK, own_finding
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.finding import Finding
    from epochlint.places import Place
    from epochlint.sources.documents import Comment, Document, Plain

IGNORE, IGNORE_FILE = "ignore", "ignore-file"


@record
class Suppression:
    """A comment that silences findings. `selectors` empty: all of them.

    `line` is the line it is about: its own, or the one below a comment that stands alone; lines count as in `place`.
    `covers_file` silences the whole file. `removal` is what an edit takes away to be rid of the comment, `listed` the
    text between the brackets.
    """

    place: Place
    line: int
    selectors: tuple[str, ...]
    covers_file: bool
    reason: str
    removal: Place
    listed: Place | None = None


@record
class Statement:
    """A value that a comment states: `dataset_size=50000`."""

    name: str
    value: str
    place: Place


@record
class Directives:
    """What the comments of one document say to us, and which of them say nothing that is understood."""

    path: str
    suppressions: tuple[Suppression, ...] = ()
    statements: tuple[Statement, ...] = ()
    malformed: tuple[Finding, ...] = ()


class _Malformed(Exception):
    """The comment is no directive; the message says why."""


def read_directives(document: Document) -> Directives:
    """Read every directive of a document, in file order."""
    if MARK not in document.text:
        return Directives(document.path)
    suppressions: list[Suppression] = []
    statements: list[Statement] = []
    malformed: list[Finding] = []
    comments = _comments(document)
    alone = {comment.span.line for comment in comments if comment.own_line}
    for comment in comments:
        for start in _marks(comment.text):
            text = comment.text[start + len(MARK) :].strip()
            try:
                if text.startswith("ignore"):
                    suppressions.append(_suppression(text, document, comment, alone))
                else:
                    place = document.place(comment.span)
                    statements.extend(Statement(name, value, place) for name, value in _statements(text))
            except _Malformed as error:
                malformed.append(
                    own_finding(MALFORMED_COMMENT, document.place(comment.span), str(error), anchor=comment.text)
                )
    return Directives(document.path, tuple(suppressions), tuple(statements), tuple(malformed))


def _comments(document: Document) -> tuple[Comment, ...]:
    """Return the comments of a document; those of scripts are read only here, because few have a word for us."""
    if document.kind not in ("python", "notebook"):
        return document.comments
    from epochlint.sources.python_reader import python_comments

    return python_comments(document)


def _marks(text: str) -> Iterator[int]:
    """Yield where a directive begins: at the start of the comment, or after a `#` in it."""
    start = text.find(MARK)
    while start >= 0:
        before = text[:start].rstrip()
        if not before or before.endswith("#"):
            yield start
        start = text.find(MARK, start + 1)


# --- suppressions ---------------------------------------------------------------------------------------------------


def _suppression(text: str, document: Document, comment: Comment, alone: set[int]) -> Suppression:
    word, rest = _split_word(text)
    if word not in (IGNORE, IGNORE_FILE):
        raise _Malformed(f"`{word}` is no directive{did_you_mean(word, (IGNORE, IGNORE_FILE))}")
    selectors: tuple[str, ...] = ()
    if rest.startswith("["):
        inside, closing, rest = rest[1:].partition("]")
        if not closing:
            raise _Malformed(f"the bracket after `{word}` is not closed")
        selectors = tuple(part.strip() for part in inside.split(",") if part.strip())
        if not selectors:
            raise _Malformed(f"`{word}[]` names no rule; `{word}` without brackets silences all")
    place = document.place(comment.span)
    line = place.line if not comment.own_line else place.line + _lines_to_code(comment.span.line, alone)
    return Suppression(
        place=place,
        line=line,
        selectors=selectors,
        covers_file=word == IGNORE_FILE,
        reason=rest.strip(" \t:-–—"),
        removal=_removal(document, comment),
        listed=_listed(document, comment),
    )


def _split_word(text: str) -> tuple[str, str]:
    end = next(
        (index for index, character in enumerate(text) if not (character.isalnum() or character in "-_")), len(text)
    )
    return text[:end].lower(), text[end:].lstrip()


def _lines_to_code(line: int, alone: set[int]) -> int:
    """Return how far below a comment that stands alone the line is that it speaks of, over further such comments."""
    distance = 1
    while line + distance in alone:
        distance += 1
    return distance


def _removal(document: Document, comment: Comment) -> Place:
    """Return what to take away with the comment: the whole line if it stands alone, else the spaces before it too."""
    from epochlint.places import Span

    span = comment.span
    if comment.own_line:
        return document.place(Span(span.line, 1, span.end_line + 1, 1))
    before = document.line(span.line)[: span.column - 1]
    return document.place(Span(span.line, len(before.rstrip()) + 1, span.end_line, span.end_column))


def _listed(document: Document, comment: Comment) -> Place | None:
    from epochlint.places import Span

    span = comment.span
    line = document.line(span.line)
    start = line.find("[", line.find(MARK, span.column - 1))
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    return document.place(Span(span.line, start + 2, span.line, end + 1))


# --- assumptions ----------------------------------------------------------------------------------------------------


def _statements(text: str) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) pairs of `dataset_size=50000, world_size=8 words for people`."""
    rest, found = text, 0
    while rest:
        name, after = _name(rest)
        if not name or not after.startswith("="):
            break
        value, rest = _value(after.lstrip("=").lstrip())
        if not value:
            raise _Malformed(f"`{name}=` has no value")
        yield name, value
        found += 1
        rest = rest.lstrip(" \t,;")
    if not found:
        word = _split_word(text)[0] or text[:20]
        hint = (
            did_you_mean(word, (IGNORE, IGNORE_FILE))
            or "; it should be ignore, ignore[NAME], ignore-file[NAME] or NAME=VALUE"
        )
        raise _Malformed(f"`{word}` is no directive{hint}" if word else "nothing follows `epochlint:`")


def _name(text: str) -> tuple[str, str]:
    end = next(
        (index for index, character in enumerate(text) if not (character.isalnum() or character in "_.-")), len(text)
    )
    name = text[:end]
    return (name if name[:1].isalpha() or name[:1] == "_" else ""), text[end:].lstrip()


def _value(text: str) -> tuple[str, str]:
    """Split a value off: a quoted text, or what stands before the next space, semicolon, or comma that ends it."""
    if text[:1] in ("'", '"'):
        inside, closing, rest = text[1:].partition(text[0])
        if not closing:
            raise _Malformed("the quote is not closed")
        return inside, rest
    end = 0
    while end < len(text) and not text[end].isspace() and text[end] != ";":
        if text[end] == "," and not (text[end - 1 : end].isdigit() and text[end + 1 : end + 4].isdigit()):
            break
        end += 1
    return text[:end], text[end:]


def scalar_of(text: str) -> Plain:
    """Read the text of an assumption as Python and YAML 1.2 would: a number, true or false, none, or the text itself.

    `50_000` and `50,000` are numbers as well.
    """
    word = text.strip()
    lowered = word.lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    if lowered in ("none", "null", ""):
        return None
    groups = word.removeprefix("-").split(",")
    grouped = len(groups) > 1 and 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    plain = word.replace(",", "") if grouped and all(group.isdigit() for group in groups) else word
    if len(plain) > 400 or not plain.isascii():
        return word
    for read in (int, float):
        try:
            return read(plain)
        except ValueError:
            continue
    return word
