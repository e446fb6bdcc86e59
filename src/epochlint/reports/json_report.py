"""`epochlint check --output-format json`, as schemas/check.json describes it."""

from __future__ import annotations

from epochlint.findings.fingerprint import fingerprints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.findings.finding import Edit, Finding, TextEdit
    from epochlint.places import Place
    from epochlint.results import CheckResult, Summary

VERSION = 1


def check_document(result: CheckResult) -> dict[str, Any]:
    """Return the findings, notes included, and the summary, as data for JSON."""
    names = fingerprints(result.findings, result.lines)
    return {
        "version": VERSION,
        "findings": [finding_data(finding, name) for finding, name in zip(result.findings, names, strict=True)],
        "summary": summary_data(result.summary, result.findings),
    }


def dumped(document: dict[str, Any]) -> str:
    """Write a document as JSON that every parser takes: no NaN, no infinity, no half characters."""
    import json

    # In ASCII nothing can steer a terminal, and no encoding of the output can spoil it.
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)


def finding_data(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "certainty": finding.certainty,
        "message": finding.message,
        **place_data(finding.place),
        "related": [{**place_data(related.place), "message": related.message} for related in finding.related],
        "derivation": list(finding.derivation),
        "help": finding.help or None,
        "unknowns": list(finding.unknowns),
        "framework": finding.framework,
        "run": finding.run,
        "data": {name: finite(value) for name, value in finding.data},
        "url": finding.url or None,
        "fingerprint": fingerprint,
        "fix": _fix_data(finding.fix),
    }


def place_data(place: Place) -> dict[str, Any]:
    """Return path, lines and columns; `cell` only in a notebook, where lines count inside it."""
    data: dict[str, Any] = {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
    if place.cell is not None:
        data["cell"] = place.cell
    return data


def summary_data(summary: Summary, findings: tuple[Finding, ...]) -> dict[str, Any]:
    counts = {"error": 0, "warning": 0, "note": 0}
    for finding in findings:
        counts[finding.severity] += 1
    return {
        "files": summary.files,
        "runs": summary.runs,
        "frameworks": dict(summary.frameworks),
        "errors": counts["error"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "undecided": summary.undecided,
        "undecided_because": dict(summary.undecided_because),
        "skipped": summary.skipped,
        "suppressed": summary.suppressed,
    }


def finite(value: object) -> Any:
    """Return a value that JSON has: infinity and NaN become None, tuples lists, other things texts."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, tuple):
        return [finite(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _fix_data(fix: Edit | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {"title": fix.title, "safety": fix.safety, "edits": [_edit_data(edit) for edit in fix.edits]}


def _edit_data(edit: TextEdit) -> dict[str, Any]:
    return {**place_data(edit.place), "text": edit.text}
