"""`epochlint plan`."""

from __future__ import annotations

import sys

from epochlint import session
from epochlint.cli.asking import one_command, options_from, paths_and_stdin, start_of
from epochlint.errors import UsageError
from epochlint.findings.own_rules import INTERNAL_ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from epochlint.results import PlanResult


def plan(arguments: argparse.Namespace) -> int:
    """Plan and report; the status is 0 whatever becomes of the runs."""
    paths, stdin = paths_and_stdin(arguments)
    command = one_command(arguments.launching)
    if command and (paths or stdin is not None or arguments.framework):
        raise UsageError("behind -- stands a command to plan; paths and --framework do not go with it")
    if arguments.framework and (paths or stdin is not None):
        raise UsageError("--framework is for planning without files; with a path the files tell the framework")
    options = options_from(arguments, start_of(paths, arguments))
    if not arguments.framework and not command and stdin is None:
        paths = paths or (".",)
    result = session.plan_command(command, options) if command else session.plan(paths, options, stdin)
    for line in _report(result, arguments):
        print(line)
    if options.require_run and not result.plans:
        raise UsageError("no training run is recognised (--require-run)")
    return 2 if any(finding.code == INTERNAL_ERROR.code for finding in result.findings) else 0


def _report(result: PlanResult, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.output_format == "json":
        from epochlint.reports.json_plan import plan_document
        from epochlint.reports.json_report import dumped

        yield dumped(plan_document(result))
        return
    from epochlint.reports.colour import palette
    from epochlint.reports.concise import concise
    from epochlint.reports.plan_text import plan_text
    from epochlint.reports.terminal import columns, count

    colours, room = palette(arguments.color, sys.stdout), columns(sys.stdout)
    if result.comparisons:
        from epochlint.reports.comparison_text import comparison_text

        for (run, _), comparison in zip(result.plans, result.comparisons, strict=True):
            yield from comparison_text(run, comparison, colours, room)
            yield ""
    for run, one in result.plans if not result.comparisons else ():
        yield from plan_text(run, one, colours, room)
        yield ""
    if result.declared and not result.comparisons:
        from epochlint.reports.declared_text import declared_text

        yield from declared_text(result, colours, room)
    yield from concise(result.findings, colours)
    if not arguments.quiet and (len(result.plans) != 1 or result.findings):
        runs = count(len(result.plans), "run") if result.plans else "no training run recognised"
        yield f"Planned {count(result.summary.files, 'file')}: {runs}"
