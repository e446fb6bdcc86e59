"""Reading YAML: values with places, comments, and one clear problem for whatever cannot be read."""

from __future__ import annotations

from epochlint.places import Span
from epochlint.sources.documents import Comment, Document, Problem
from epochlint.sources.guards import Refused
from epochlint.sources.plain_yaml import PlainReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import YAMLError

    from epochlint.sources.positions import Positions

_LINE_ENDS = "\n\r\x85\u2028\u2029"
_BEFORE_COMMENT = " \t\n\r\x85\u2028\u2029\ufeff[]{},\"'"


def read_yaml(path: str, text: str) -> Document:
    """Read a YAML file. `root` is the first document that is not empty, `further_roots` are the others."""
    plain = PlainReader()
    root = plain.read(text)
    if root is None:
        return _read_whole(path, text)
    return Document(path, "yaml", text, root, comments=_comments_of(text, plain.scalars))


def _read_whole(path: str, text: str) -> Document:
    """Read any YAML file with PyYAML."""
    import yaml

    from epochlint.sources.positions import Positions
    from epochlint.sources.yaml_composer import Composer

    positions = Positions(text)
    nodes = Composer(positions)
    problem: Problem | None = None
    try:
        nodes.compose()
    except Refused as refused:
        problem = refused.problem
    except yaml.YAMLError as error:
        problem = _problem_of(error, positions)
    except (ValueError, RecursionError, MemoryError, IndexError, TypeError, AttributeError) as error:
        # The pure Python parser lets a few of these through on broken input.
        problem = Problem("unreadable-file", f"not readable as YAML: {error}", Span(1, 1, 1, 1))
    # Behind an error nobody knows what is a comment.
    known = len(text) if problem is None else max((end for _, end, _ in nodes.scalars), default=0)
    comments = _comments(text[:known], positions, nodes.scalars) if "#" in text else ()
    if problem is not None:
        return Document(path, "yaml", text, comments=comments, problems=(problem,))
    roots = nodes.roots
    return Document(
        path, "yaml", text, roots[0] if roots else None, comments=comments,
        problems=tuple(nodes.problems), further_roots=tuple(roots[1:]),
    )  # fmt: skip


def _problem_of(error: YAMLError, positions: Positions) -> Problem:
    """Say what the parser says, at the place it says it."""
    from yaml.error import MarkedYAMLError
    from yaml.reader import ReaderError

    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        parts = [part for part in (error.context, error.problem) if part]
        span = positions.point(mark.index) if mark is not None else Span(1, 1, 1, 1)
        name = "too-deep" if "nesting depth" in (error.problem or "") else "unreadable-file"
        return Problem(name, ", ".join(parts) or "not readable as YAML", span)
    if isinstance(error, ReaderError):
        for offset, character in enumerate(positions.text):
            if not _is_printable(character):
                message = f"the character U+{ord(character):04X} is not allowed in YAML"
                return Problem("unreadable-file", message, positions.point(offset))
    return Problem("unreadable-file", "not readable as YAML", Span(1, 1, 1, 1))


def _is_printable(character: str) -> bool:
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return character in "\t\n\r\x85"
    return code not in (0xFFFE, 0xFFFF)


def _comments_of(text: str, scalars: list[tuple[int, int, str]]) -> tuple[Comment, ...]:
    if "#" not in text:
        return ()
    from epochlint.sources.positions import Positions

    return _comments(text, Positions(text), scalars)


def _comments(text: str, positions: Positions, scalars: list[tuple[int, int, str]]) -> tuple[Comment, ...]:
    """Return the comments: each `#` outside of scalars that a blank, a bracket or a quote stands before."""
    comments = []
    upcoming = 0
    offset = text.find("#")
    while offset >= 0:
        while upcoming < len(scalars) and scalars[upcoming][1] <= offset:
            upcoming += 1
        start, end, style = scalars[upcoming] if upcoming < len(scalars) else (len(text), len(text), "")
        inside = start <= offset
        if inside and style in ("|", ">") and _line_end(text, start) > offset:
            inside = False  # on the line of the block's own header
        if inside:
            offset = text.find("#", end)
            continue
        if offset and text[offset - 1] not in _BEFORE_COMMENT:
            offset = text.find("#", offset + 1)
            continue
        finish = _line_end(text, offset)
        comment = Comment(
            text[offset + 1 : finish].strip(), positions.span(offset, finish), positions.stands_alone(offset)
        )
        comments.append(comment)
        offset = text.find("#", finish)
    return tuple(comments)


def _line_end(text: str, offset: int) -> int:
    end = len(text)
    for mark in _LINE_ENDS if not text.isascii() else "\n\r":
        found = text.find(mark, offset, end)
        if found >= 0:
            end = found
    return end
