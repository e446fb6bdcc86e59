"""Silencing findings by comments, and telling which comments silence nothing."""

from __future__ import annotations

from epochlint.findings.finding import Edit, TextEdit
from epochlint.findings.own_rules import UNKNOWN_IN_COMMENT, UNUSED_SUPPRESSION, own_finding
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from epochlint.findings.directives import Directives, Suppression
    from epochlint.findings.finding import Finding
    from epochlint.findings.selection import RuleBook
    from epochlint.places import Place

    Spot = tuple[str, int | None, int]  # path, cell, line


@record
class Silenced:
    """Findings that stay, findings that a comment silences, and findings about the comments themselves."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    about_comments: tuple[Finding, ...]


def suppress(
    findings: Sequence[Finding],
    directives: Iterable[Directives],
    book: RuleBook,
    selected: frozenset[str],
    undecided: frozenset[str] = frozenset(),
) -> Silenced:
    """Take away what comments silence.

    A comment is about the line it stands on, or the line below it if it stands alone. A finding is silenced where any
    of its places begins or ends on such a line, so either half of a contradiction may carry the comment. `undecided`
    are rules that could not be decided: a comment that names one of them may be needed when more is known, so it is
    not called unused.
    """
    read = tuple(directives)
    silencers = [_Silencer(one, book) for directive in read for one in directive.suppressions]
    by_spot: dict[Spot, list[_Silencer]] = {}
    by_file: dict[str, list[_Silencer]] = {}
    for silencer in silencers:
        about = silencer.suppression
        if about.covers_file:
            by_file.setdefault(about.place.path, []).append(silencer)
        else:
            by_spot.setdefault((about.place.path, about.place.cell, about.line), []).append(silencer)

    kept: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in findings:
        about_it = list(by_file.get(finding.place.path, ()))
        for spot in _spots(finding):
            about_it.extend(by_spot.get(spot, ()))
        # Each of them counts as used: taking one away would still leave the finding silenced by the other.
        hits = [silencer.use(finding.name) for silencer in about_it if silencer.means(finding.name)]
        (suppressed if hits else kept).append(finding)

    about_comments = [finding for directive in read for finding in directive.malformed]
    for silencer in silencers:
        about_comments.extend(silencer.complaints(selected, undecided))
    return Silenced(
        tuple(kept), tuple(suppressed), tuple(finding for finding in about_comments if finding.name in selected)
    )


class _Silencer:
    """A suppression with the rules that its words mean, and those it was used for."""

    def __init__(self, suppression: Suppression, book: RuleBook) -> None:
        self.suppression = suppression
        self._book = book
        choices = {word: book.choice(word) for word in suppression.selectors}
        self._names = {word: choice.names for word, choice in choices.items() if choice is not None}
        self._used: set[str] = set()

    def means(self, rule: str) -> bool:
        return not self.suppression.selectors or any(rule in names for names in self._names.values())

    def use(self, rule: str) -> bool:
        self._used.add(rule)
        return True

    def complaints(self, selected: frozenset[str], undecided: frozenset[str]) -> Iterator[Finding]:
        place = self.suppression.place
        for word in self.suppression.selectors:
            if word not in self._names:
                hint = self._book.suggestion(word)
                yield own_finding(UNKNOWN_IN_COMMENT, place, f"there is no rule `{word}`{hint}", anchor=word)
        unused = self._unused(selected, undecided)
        if unused is None:
            return
        what = ", ".join(f"`{word}`" for word in unused) or "anything"
        where = "in this file" if self.suppression.covers_file else "here"
        yield own_finding(
            UNUSED_SUPPRESSION,
            place,
            f"the comment ignores {what}, which is not found {where}"
            if unused
            else f"the comment ignores nothing {where}",
            help="remove it",
            fix=self._edit(unused),
            anchor=",".join(unused),
        )

    def _unused(self, selected: frozenset[str], undecided: frozenset[str]) -> tuple[str, ...] | None:
        """Return the words that silence nothing (none, for a comment without words); None if all is well."""
        if not self.suppression.selectors:
            return None if self._used or undecided else ()
        unused = tuple(
            word
            for word, names in self._names.items()
            if not names & self._used and names & selected and not names & undecided
        )
        return unused or None

    def _edit(self, unused: tuple[str, ...]) -> Edit:
        left = [word for word in self.suppression.selectors if word not in unused]
        listed = self.suppression.listed
        if left and listed is not None:
            return Edit("remove what is unused from the comment", "safe", (TextEdit(listed, ", ".join(left)),))
        return Edit("remove the comment", "safe", (TextEdit(self.suppression.removal, ""),))


def _spots(finding: Finding) -> Iterator[Spot]:
    for place in (finding.place, *(related.place for related in finding.related)):
        yield place.path, place.cell, place.line
        if place.end_line != place.line:
            yield place.path, place.cell, _last_line(place)


def _last_line(place: Place) -> int:
    """Return the last line of a place; one that ends at the beginning of a line does not reach into it."""
    return place.end_line - 1 if place.end_column <= 1 and place.end_line > place.line else place.end_line
