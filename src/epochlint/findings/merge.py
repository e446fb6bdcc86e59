"""One root cause, one finding."""

from __future__ import annotations

from epochlint.findings.finding import Related
from epochlint.findings.ordering import gravity, ordered
from epochlint.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.findings.finding import Finding


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, in order, with repetitions left out and consequences put under their cause.

    Two runs that share a file find the same there: the first one stays. A finding at a place about whose anchor a more
    severe finding of another rule already speaks becomes a related note of that one.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    seen: set[tuple[object, ...]] = set()
    for finding in ordered(findings):
        same = (finding.code, finding.place, finding.message, finding.related)
        if same not in seen:
            seen.add(same)
            groups.setdefault((finding.place, finding.anchor), []).append(finding)
    return ordered(finding for group in groups.values() for finding in _under_the_gravest(group))


def _under_the_gravest(group: list[Finding]) -> list[Finding]:
    lead = group[0]  # the order puts the gravest first
    covered = [finding for finding in group if _is_consequence(finding, lead)]
    notes = tuple(Related(finding.place, f"{finding.message} ({finding.name})") for finding in covered)
    rest = [finding for finding in group if finding is not lead and finding not in covered]
    return [replace(lead, related=(*lead.related, *notes)), *rest]


def _is_consequence(finding: Finding, lead: Finding) -> bool:
    """Tell whether a finding is less severe than the lead, and not more certain, so that nothing is lost."""
    severity, certainty = gravity(finding)
    lead_severity, lead_certainty = gravity(lead)
    return severity < lead_severity and certainty <= lead_certainty and finding.code != lead.code
