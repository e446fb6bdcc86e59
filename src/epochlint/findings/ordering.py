"""One order for every output: by file, then by place, the gravest first."""

from __future__ import annotations

from epochlint.findings.finding import CERTAINTIES, SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from epochlint.findings.finding import Finding


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by path, cell, line, column, severity, code and message, however they were found."""
    return tuple(sorted(findings, key=_key))


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by severity, the gravest first, and then as `ordered` does."""
    return tuple(sorted(ordered(findings), key=lambda finding: -gravity(finding)[0]))


def gravity(finding: Finding) -> tuple[int, int]:
    """Return how grave a finding is: severity first, then certainty."""
    return SEVERITIES.index(finding.severity), CERTAINTIES.index(finding.certainty)


def _key(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    severity, certainty = gravity(finding)
    return (
        place.path,
        place.cell or 0,
        place.line,
        place.column,
        -severity,
        -certainty,
        finding.code,
        finding.message,
        finding.run or "",
        place.end_line,
        place.end_column,
        finding.anchor,
    )
