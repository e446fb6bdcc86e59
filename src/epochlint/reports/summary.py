"""The last line: what was looked at, what was found, and what could not be decided."""

from __future__ import annotations

from epochlint.reports.terminal import count, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.findings.finding import Finding
    from epochlint.results import Summary

MOST_REASONS = 3


def summary_line(summary: Summary, findings: tuple[Finding, ...], hidden_notes: int = 0) -> str:
    """Return one sentence about a check. `findings` are those that are shown; `hidden_notes` were left out."""
    parts = [_runs(summary), _found(findings, summary)]
    if hidden_notes:
        parts.append(f"{count(hidden_notes, 'note')} not shown (--show-notes)")
    if summary.suppressed:
        parts.append(f"{summary.suppressed:,} suppressed")
    line = f"Checked {count(summary.files, 'file')}: {', '.join(part for part in parts if part)}"
    if summary.undecided:
        line += f"; {count(summary.undecided, 'check')} undecided{_because(summary)}"
    if summary.skipped:
        line += f"; {count(summary.skipped, 'file')} not readable"
    return line


def _runs(summary: Summary) -> str:
    if not summary.runs:
        return "no training run recognised"
    frameworks = ", ".join(f"{safe(name)} {number:,}" for name, number in summary.frameworks)
    return count(summary.runs, "run") + (f" ({frameworks})" if frameworks else "")


def _found(findings: tuple[Finding, ...], summary: Summary) -> str:
    parts = []
    for severity in ("error", "warning", "note"):
        number = sum(finding.severity == severity for finding in findings)
        if number:
            parts.append(count(number, severity))
    if parts:
        return ", ".join(parts)
    return "no findings" if summary.runs else ""


def _because(summary: Summary) -> str:
    """Return `: dataset_size unknown in 5 runs, world_size in 2`."""
    reasons = [
        f"{safe(name)} unknown in {count(number, 'run')}" for name, number in summary.undecided_because[:MOST_REASONS]
    ]
    more = len(summary.undecided_because) - MOST_REASONS
    if more > 0:
        reasons.append(f"and {more} more")
    return f": {', '.join(reasons)}" if reasons else ""
