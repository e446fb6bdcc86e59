"""The text of a file that is edited: with its encoding, its line endings and its permissions, which all stay."""

from __future__ import annotations

import os

from epochlint.findings.finding import TextEdit
from epochlint.findings.lines import line_at
from epochlint.fixes.refused import RefusedEdit
from epochlint.places import Place
from epochlint.sources.documents import split_lines
from epochlint.sources.files import read_text
from epochlint.sources.guards import SIZE_LIMIT, Refused, decode, read_bytes
from epochlint.sources.kinds import kind_of
from epochlint.sources.positions import Positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Piece = tuple[int, int, str]


class Changed(Exception):
    """The file is no longer what it was when it was read."""


class FileText:
    """A file as text, from which its bytes can be made again."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.kind = kind_of(path) or ""
        try:
            self.text, self._encoding = decode(data, self.kind)
        except Refused as refused:
            raise RefusedEdit(path, refused.problem.message) from None
        if self.encoded(self.text) != data:
            raise RefusedEdit(path, "its encoding cannot be kept")
        self._lines = split_lines(self.text)
        self._positions = Positions(self.text)

    def demand_same_lines(self, place: Place, line_of: Callable[..., str]) -> None:
        """Refuse if the lines of a place are not what they were when the finding was made."""
        for number in range(place.line, min(place.end_line, len(self._lines)) + 1):
            if self._lines[number - 1] != line_at(line_of, place, number):
                raise RefusedEdit(self.path, "the file changed while it was checked")

    def piece(self, edit: TextEdit) -> Piece:
        """Return what an edit replaces, as offsets in the text, and the new text with the line endings of the file."""
        place = edit.place
        start = self._positions.offset(place.line, place.column)
        end = self._positions.offset(place.end_line, place.end_column)
        if start > end:
            raise RefusedEdit(self.path, "the edit ends before it begins")
        if edit.operation:
            from epochlint.fixes.python_edits import operate

            if self.kind != "python":
                raise RefusedEdit(self.path, f"{edit.operation} is an operation on Python")
            return operate(edit.operation, self.path, self.text, start, end)
        return start, end, self._with_own_line_ends(edit.text)

    def as_edit(self, path: str, piece: Piece) -> TextEdit:
        """Return a piece as an edit at its place."""
        start, end, text = piece
        span = self._positions.span(start, end)
        return TextEdit(Place(path, span.line, span.column, span.end_line, span.end_column), text)

    def _with_own_line_ends(self, text: str) -> str:
        return text.replace("\n", "\r\n") if "\n" in text and "\r\n" in self.text and "\r" not in text else text

    def edited(self, pieces: Sequence[Piece]) -> str:
        """Return the text with its edits, made from the end, so that offsets stay right."""
        text = self.text
        for start, end, new in sorted(pieces, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def encoded(self, text: str) -> bytes:
        return text.encode(self._encoding)

    def stays_readable(self, pieces: Sequence[Piece]) -> bool:
        """Tell whether the file can still be read with its edits, or could not be read before either."""
        text = self.edited(pieces)
        try:
            self.encoded(text)
        except UnicodeEncodeError:
            return False
        return _is_readable(self.path, text) or not _is_readable(self.path, self.text)


def open_text(path: str) -> FileText:
    """Read a file that is to be edited; RefusedEdit if that cannot be done."""
    if os.path.islink(path):
        raise RefusedEdit(path, "symbolic links are not edited")
    try:
        data = read_bytes(path, SIZE_LIMIT, follow=False)
    except Refused as refused:
        raise RefusedEdit(path, refused.problem.message) from None
    except OSError as error:
        raise RefusedEdit(path, error.strerror or str(error)) from None
    return FileText(path, data)


def replace_file(path: str, before: bytes, after: bytes) -> None:
    """Put a new content in place of the old one in one step, with the same permissions. Raises Changed, or OSError."""
    from secrets import token_hex

    with open(path, "rb") as file:
        if file.read() != before:
            raise Changed
        mode = os.fstat(file.fileno()).st_mode & 0o7777
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)[:100]}.{token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb") as file:
            file.write(after)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(temporary)
        raise


def _is_readable(path: str, text: str) -> bool:
    return not any(problem.fatal for problem in read_text(path, text).problems)
