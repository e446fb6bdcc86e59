"""`epochlint check`."""

from __future__ import annotations

import sys

from epochlint import session
from epochlint.cli.asking import options_from, paths_and_stdin, start_of
from epochlint.errors import UsageError

UNREAD = "EL901"  # a note that is always shown: what could not be read was not checked

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from epochlint.configuration.options import Options
    from epochlint.findings.finding import Finding
    from epochlint.results import CheckResult


def check(arguments: argparse.Namespace) -> int:
    """Check, repair if asked to, report, and return the exit status."""
    paths, stdin = paths_and_stdin(arguments)
    options = options_from(arguments, start_of(paths, arguments))
    paths = paths or (".",) if stdin is None else paths
    result = session.check(paths, options, stdin)
    if arguments.diff:
        return _show_diff(result, arguments)
    if arguments.fix or arguments.unsafe_fixes:
        if stdin is not None:
            raise UsageError("standard input cannot be repaired; --diff shows the edits")
        if _repair(result, arguments.unsafe_fixes):
            result = session.check(paths, options, None)
    for line in _report(result, options, arguments):
        print(line)
    if options.require_run and not result.summary.runs:
        raise UsageError("no training run is recognised (--require-run)")
    return status_of(result.findings, options, arguments.exit_zero)


def status_of(findings: tuple[Finding, ...], options: Options, exit_zero: bool = False) -> int:
    """Return the exit status: 2 for a failure of our own, 1 for findings that fail, else 0."""
    if not findings:
        return 0
    from epochlint.findings.own_rules import INTERNAL_ERROR

    if any(finding.code == INTERNAL_ERROR.code for finding in findings):
        return 2
    grave = ("error",) if options.fail_on == "error" else ("error", "warning")
    failing = any(
        finding.severity in grave and (finding.certainty == "certain" or options.strict) for finding in findings
    )
    return int(failing and not exit_zero)


def _report(result: CheckResult, options: Options, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.output_format == "json":
        from epochlint.fixes.apply import with_plain_edits
        from epochlint.records import replace
        from epochlint.reports.json_report import check_document, dumped

        findings = with_plain_edits(result.findings, result.lines)
        yield dumped(check_document(replace(result, findings=findings)))
        return
    shown = tuple(one for one in result.findings if one.severity != "note" or options.show_notes or one.code == UNREAD)
    if shown:
        yield from _findings(shown, result, arguments)
    if not arguments.quiet:
        from epochlint.reports.summary import summary_line

        yield summary_line(result.summary, shown, len(result.findings) - len(shown))


def _findings(shown: tuple[Finding, ...], result: CheckResult, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.output_format == "github":
        from epochlint.reports.github import github

        yield from github(shown)
        return
    from epochlint.reports.colour import palette

    colours = palette(arguments.color, sys.stdout)
    if arguments.output_format == "concise":
        from epochlint.reports.concise import concise

        yield from concise(shown, colours)
        return
    from epochlint.reports.full import full
    from epochlint.reports.terminal import columns

    yield from full(shown, result.lines, colours, columns(sys.stdout))


# --- repairing -----------------------------------------------------------------------------------------------------


def _repair(result: CheckResult, unsafe: bool) -> bool:
    """Make the edits; tell on standard error what was done, and True if anything was."""
    from epochlint.fixes.apply import make_fixes, write_change
    from epochlint.reports.terminal import safe

    fixes = make_fixes(result.findings, result.lines, unsafe=unsafe)
    _tell_refused(fixes.refused)
    not_written = [why for change in fixes.changes if (why := write_change(change))]
    for why in not_written:
        print(f"epochlint: {safe(why)}", file=sys.stderr)
    written = len(fixes.changes) - len(not_written)
    if written:
        places = "1 file" if written == 1 else f"{written} files"
        number = f"{fixes.applied} repaired in " if not not_written else "repaired: "
        print(f"epochlint: {number}{places}", file=sys.stderr)
    return written > 0


def _show_diff(result: CheckResult, arguments: argparse.Namespace) -> int:
    """Print what repairing would change; status 1 if it would change anything."""
    from epochlint.fixes.apply import make_fixes
    from epochlint.fixes.diff import unified_diff

    fixes = make_fixes(result.findings, result.lines, unsafe=arguments.unsafe_fixes)
    _tell_refused(fixes.refused)
    for line in unified_diff(fixes.changes):
        print(line)
    return int(bool(fixes.changes) and not arguments.exit_zero)


def _tell_refused(refused: tuple[tuple[str, str], ...]) -> None:
    from epochlint.reports.terminal import safe

    for path, why in refused:
        print(f"epochlint: {safe(path)} is not edited: {safe(why)}", file=sys.stderr)
