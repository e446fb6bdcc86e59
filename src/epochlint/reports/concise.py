"""One line for each finding: `path:line:column: warning[name] message`."""

from __future__ import annotations

from epochlint.reports.colour import PLAIN
from epochlint.reports.snippets import where
from epochlint.reports.terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.finding import Finding
    from epochlint.reports.colour import Palette


def concise(findings: tuple[Finding, ...], palette: Palette = PLAIN) -> Iterator[str]:
    """Yield a line for each finding, which editors and `grep` understand."""
    for finding in findings:
        kind = palette.paint(f"{finding.severity}[{safe(finding.name)}]", finding.severity)
        likely = " (likely)" if finding.certainty == "likely" else ""
        yield f"{palette.paint(where(finding.place), 'bold')}: {kind} {safe(finding.message)}{likely}"
