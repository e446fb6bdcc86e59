"""Making the edits of findings: to the text as it was read, all of an edit or nothing, and so that no file breaks."""

from __future__ import annotations

from epochlint.fixes.refused import RefusedEdit
from epochlint.fixes.texts import Changed, FileText, open_text, replace_file
from epochlint.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from epochlint.findings.finding import Edit, Finding, TextEdit

    Piece = tuple[int, int, str]  # start, end, new text


@record
class Change:
    """A file with its content before and after, and what was repaired in it."""

    path: str
    before: bytes
    after: bytes
    titles: tuple[str, ...]


@record
class Fixes:
    """What could be repaired: `applied` edits make up `changes`; `refused` has (path, why not) of others."""

    changes: tuple[Change, ...]
    applied: int
    refused: tuple[tuple[str, str], ...]


def make_fixes(findings: Iterable[Finding], line_of: Callable[..., str], *, unsafe: bool = False) -> Fixes:
    """Work out the edits of findings, without writing anything.

    Only safe edits are made, unless `unsafe`. Of edits that touch the same text the first is made; the other is left
    for another time. `line_of` gives the lines as they were checked: a file that has changed since is left alone.
    """
    workshop = _Workshop(line_of)
    edits = [
        finding.fix for finding in findings if finding.fix is not None and (unsafe or finding.fix.safety == "safe")
    ]
    while True:
        made = [edit for edit in edits if workshop.take(edit)]
        broken = workshop.broken()
        if not broken:
            return workshop.result(made)
        # What would break a file is not made, nor the parts of the same edits in other files.
        edits = [edit for edit in made if not any(one.place.path in broken for one in edit.edits)]
        workshop.start_again()


class _Workshop:
    """The texts of the files that are edited, with the edits taken so far."""

    def __init__(self, line_of: Callable[..., str]) -> None:
        self._line_of = line_of
        self._texts: dict[str, FileText] = {}
        self._pieces: dict[str, list[Piece]] = {}
        self._titles: dict[str, list[str]] = {}
        self._refused: dict[tuple[str, str], None] = {}

    def take(self, edit: Edit) -> bool:
        """Take an edit if all of its parts can be made; False if not."""
        wanted: dict[str, list[Piece]] = {}
        try:
            for one in edit.edits:
                wanted.setdefault(one.place.path, []).append(self._piece(one))
        except RefusedEdit as refused:
            self._refused[refused.path, str(refused)] = None
            return False
        for path, pieces in wanted.items():
            others = [piece for piece in self._pieces.get(path, ()) if piece not in pieces]
            if any(_overlap(piece, other) for piece in pieces for other in others):
                return False
        for path, pieces in wanted.items():
            taken = self._pieces.setdefault(path, [])
            taken.extend(piece for piece in pieces if piece not in taken)
            self._titles.setdefault(path, []).append(edit.title)
        return bool(wanted)

    def _piece(self, edit: TextEdit) -> Piece:
        place = edit.place
        if place.path not in self._texts:
            self._texts[place.path] = open_text(place.path)
        text = self._texts[place.path]
        if place.cell is not None or text.kind == "notebook":
            raise RefusedEdit(place.path, "notebooks are not edited")
        text.demand_same_lines(place, self._line_of)
        return text.piece(edit)

    def broken(self) -> set[str]:
        """Return the files that could no longer be read with their edits."""
        broken = set()
        for path, pieces in self._pieces.items():
            if not self._texts[path].stays_readable(pieces):
                broken.add(path)
                self._refused[path, "with the edits it could no longer be read, so none is made"] = None
        return broken

    def start_again(self) -> None:
        self._pieces.clear()
        self._titles.clear()

    def result(self, made: Sequence[Edit]) -> Fixes:
        changes = []
        for path, pieces in self._pieces.items():
            text = self._texts[path]
            after = text.encoded(text.edited(pieces))
            if after != text.data:
                changes.append(Change(path, text.data, after, tuple(self._titles[path])))
        return Fixes(tuple(changes), len(made), tuple(self._refused))


def _overlap(one: Piece, other: Piece) -> bool:
    """Tell whether two edits touch the same text; two insertions at one point do."""
    if one[0] == one[1] and other[0] == other[1]:
        return one[0] == other[0]
    return one[0] < other[1] and other[0] < one[1]


def with_plain_edits(findings: tuple[Finding, ...], line_of: Callable[..., str]) -> tuple[Finding, ...]:
    """Return the findings with every operation on syntax spelled out as text, for readers who have no such operations.

    A fix that cannot be made is left out.
    """
    if not any(edit.operation for finding in findings if finding.fix for edit in finding.fix.edits):
        return findings
    return tuple(replace(finding, fix=_plain(finding.fix, line_of)) for finding in findings)


def _plain(fix: Edit | None, line_of: Callable[..., str]) -> Edit | None:
    if fix is None or not any(edit.operation for edit in fix.edits):
        return fix
    try:
        return replace(fix, edits=tuple(_plain_edit(edit, line_of) for edit in fix.edits))
    except RefusedEdit:
        return None


def _plain_edit(edit: TextEdit, line_of: Callable[..., str]) -> TextEdit:
    if not edit.operation:
        return edit
    text = open_text(edit.place.path)
    text.demand_same_lines(edit.place, line_of)
    return text.as_edit(edit.place.path, text.piece(edit))


def write_change(change: Change) -> str:
    """Write a change in one piece: others see the old file or the new one. Return why it was not written, or ""."""
    try:
        replace_file(change.path, change.before, change.after)
    except Changed:
        return f"{change.path}: the file changed while it was checked; nothing is written to it"
    except OSError as error:
        return f"{change.path}: cannot be written: {error.strerror or error}"
    return ""
