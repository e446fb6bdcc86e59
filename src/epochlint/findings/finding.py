"""A finding: one broken rule at one place, with the other places that take part and, where one exists, an edit."""

from __future__ import annotations

from epochlint.places import Place
from epochlint.records import record

SEVERITIES = ("note", "warning", "error")
CERTAINTIES = ("likely", "certain")


@record
class Related:
    """Another place that takes part, with what stands there."""

    place: Place
    message: str


@record
class TextEdit:
    """Replace what stands at `place` by `text`.

    With an `operation` (`floor-division`) the new text is made from the old one, which keeps its comments and spaces;
    `text` is then empty.
    """

    place: Place
    text: str
    operation: str = ""


@record
class Edit:
    """A change that repairs a finding. `safety` is `safe` (the meaning intended is certain) or `unsafe`."""

    title: str
    safety: str
    edits: tuple[TextEdit, ...]


@record
class Finding:
    """One broken rule at one place.

    `label` is what stands at the place, in a few words (`500 steps`). `derivation` are the lines that show where the
    numbers come from, `help` what to do, `unknowns` what would settle what is not known. `data` are the numbers of
    the message for machines. `anchor` names the place by structure (option path, function), so that a fingerprint
    survives edits elsewhere.
    """

    code: str
    name: str
    severity: str
    certainty: str
    message: str
    place: Place
    related: tuple[Related, ...] = ()
    derivation: tuple[str, ...] = ()
    help: str = ""
    unknowns: tuple[str, ...] = ()
    framework: str | None = None
    run: str | None = None
    data: tuple[tuple[str, int | float | str | bool | None], ...] = ()
    anchor: str = ""
    url: str = ""
    fix: Edit | None = None
    label: str = ""
