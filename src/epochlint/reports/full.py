"""The format for people: every finding with the lines it is about, and where its numbers come from."""

from __future__ import annotations

from epochlint.reports.colour import PLAIN
from epochlint.reports.snippets import Annotation, Frame, snippets
from epochlint.reports.terminal import PIPE_COLUMNS, listed, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.findings.finding import Finding
    from epochlint.reports.colour import Palette
    from epochlint.results import Lines


def full(
    findings: tuple[Finding, ...], line_of: Lines, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS
) -> Iterator[str]:
    """Yield the lines of the report, an empty one after each finding."""
    for finding in findings:
        yield from block(finding, line_of, palette, columns)
        yield ""


def block(finding: Finding, line_of: Lines, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield the lines of one finding."""
    yield headline(finding, palette)
    annotations = _annotations(finding)
    frame = Frame(annotations, palette, columns)
    yield from snippets(annotations, line_of, frame)
    for related in finding.related:
        if related.place == finding.place:
            yield from frame.remark("also", related.message)
    for line in finding.derivation:
        yield from frame.remark("", line)
    if finding.help:
        yield from frame.remark("help", finding.help, "help")
    if finding.fix is not None:
        option = "--fix" if finding.fix.safety == "safe" else "--unsafe-fixes"
        yield from frame.remark("fix", f"{finding.fix.title} ({option} does it)", "help")
    if finding.unknowns:
        yield from frame.remark("unknown", settled_by(finding.unknowns), "note")


def headline(finding: Finding, palette: Palette) -> str:
    """Return `warning[name]: message`, with `(likely)` where the finding is not certain."""
    severity = palette.paint(f"{finding.severity}[{safe(finding.name)}]", finding.severity)
    likely = " (likely)" if finding.certainty == "likely" else ""
    return f"{severity}{palette.paint(':', 'bold')} {palette.paint(safe(finding.message), 'bold')}{likely}"


def settled_by(names: tuple[str, ...]) -> str:
    """Say what is not known and how to supply it."""
    example = names[0] if len(names) == 1 else "NAME"
    how = f"say --assume {example}=N, or write the comment `# epochlint: {example}=N` in the file"
    return f"{listed(names)}; {how}"


def _annotations(finding: Finding) -> tuple[Annotation, ...]:
    """Return the finding's own place first, then the others that take part."""
    others = [related for related in finding.related if related.place != finding.place]
    return (
        Annotation(finding.place, finding.label, finding.severity, primary=True),
        *(Annotation(related.place, related.message, "gutter") for related in others),
    )
