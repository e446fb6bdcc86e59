"""Workflow commands of GitHub Actions, which shows them as annotations beside the code.

Ten annotations of each level are shown for a step, so the gravest findings come first.
"""

from __future__ import annotations

from epochlint.findings.ordering import by_severity
from epochlint.reports.terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.finding import Finding

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def github(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield a workflow command for each finding."""
    for finding in by_severity(findings):
        listed = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding).items())
        yield f"::{_LEVELS[finding.severity]} {listed}::{_data(_message(finding))}"


def _properties(finding: Finding) -> dict[str, str]:
    place = finding.place
    properties = {"file": place.path}
    if place.cell is None:  # in the file that a notebook is stored in, its lines stand elsewhere
        properties["line"] = str(place.line)
        if place.end_line == place.line:
            properties["col"] = str(place.column)
            properties["endColumn"] = str(place.end_column)
        else:  # columns count only where a single line is meant
            properties["endLine"] = str(place.end_line)
    properties["title"] = f"{finding.name} ({finding.code})"
    return properties


def _message(finding: Finding) -> str:
    likely = " (likely)" if finding.certainty == "likely" else ""
    cell = f" (cell {finding.place.cell}, line {finding.place.line})" if finding.place.cell is not None else ""
    lines = [safe(finding.message) + likely + cell]
    lines += [f"{safe(str(related.place))}: {safe(related.message)}" for related in finding.related]
    lines += [safe(line) for line in finding.derivation]
    if finding.help:
        lines.append(f"help: {safe(finding.help)}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return safe(_data(text).replace(":", "%3A").replace(",", "%2C"))
