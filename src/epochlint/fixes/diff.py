"""Changes as a unified diff."""

from __future__ import annotations

from epochlint.sources.documents import split_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from epochlint.fixes.apply import Change

CONTEXT = 3
_NO_NEWLINE = "\\ No newline at end of file"


def unified_diff(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the lines of a unified diff, without line ends; control characters are escaped.

    Build services take orders from a line that begins with `::` behind blanks, so where a line of the context would,
    the diff has no context.
    """
    for change in changes:
        before = _lines(change.before)
        after = _lines(change.after)
        lines = list(_diff(change.path, before, after, CONTEXT))
        if any(line.startswith(" ") and line.lstrip().startswith(("::", "##")) for line in lines):
            lines = list(_diff(change.path, before, after, 0))
        yield from lines


def _diff(path: str, before: list[str], after: list[str], context: int) -> Iterator[str]:
    from difflib import unified_diff as difference

    shown = _escaped(path)
    for line in difference(before, after, shown, shown, n=context, lineterm=""):
        body = line.removesuffix("\n")
        yield _escaped(body)
        if body == line and line[:1] in (" ", "-", "+") and not line.startswith(("--- ", "+++ ")):
            yield _NO_NEWLINE


def _lines(data: bytes) -> list[str]:
    """Return the lines of a file, each with a line feed at its end but the last, if it has none."""
    text = data.decode("utf-8-sig", "backslashreplace")
    lines = split_lines(text)
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _escaped(text: str) -> str:
    return "".join(
        character if character == "\t" or character.isprintable() else repr(character)[1:-1] for character in text
    )
