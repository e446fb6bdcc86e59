"""From paths (and open buffers) to plans and findings: the one way through all the rooms."""

from __future__ import annotations

import os

from epochlint.errors import UsageError
from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.store import Catalogue
from epochlint.results import CheckResult, PlanResult, Summary
from epochlint.sources.discovery import discover, find_root, missing_paths
from epochlint.sources.files import FileReader
from epochlint.sources.kinds import COMMAND_LINE
from epochlint.sources.number_texts import may_hold_number_text, may_inherit

# TYPE_CHECKING without the cost of importing typing: a file without a word of training goes no further than this
# module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from epochlint.configuration.options import Options

    R = TypeVar("R", CheckResult, PlanResult)


def check(paths: tuple[str, ...], options: Options, stdin: str | None = None) -> CheckResult:
    """Check files and folders; a problem with one of them becomes a finding, and the others are still checked.

    A UsageError says what is wrong with a path, an option or an assumption.
    """
    files, focus = _focus(paths, options, stdin)
    catalogue = _catalogue(options)
    concerning = _concerning(files, focus, catalogue)
    unreadable = any(files.document_if_read(path) is not None for path in focus)
    if not concerning and not unreadable and not (options.assume or options.select or options.ignore):
        return CheckResult((), Summary(files=len(focus)), files.line)
    from epochlint.analysis import Analysis

    return _from_here(Analysis(catalogue, files, options, concerning).check(focus), files)


def plan(paths: tuple[str, ...], options: Options, stdin: str | None = None) -> PlanResult:
    """Plan every run that the files tell of; without a path but with a framework, plan what is assumed."""
    from epochlint.analysis import Analysis

    calculates = bool(options.framework) and not paths and stdin is None
    files, focus = (FileReader(os.getcwd()), ()) if calculates else _focus(paths or (".",), options, stdin)
    catalogue = _catalogue(options)
    analysis = Analysis(catalogue, files, options, _concerning(files, focus, catalogue))
    return analysis.calculate() if calculates else _from_here(analysis.plan(focus), files)


def plan_command(command: str, options: Options) -> PlanResult:
    """Plan what a command would start in the working directory; it is read like a line of a shell script."""
    from epochlint.analysis import Analysis

    root = find_root(".")
    here = os.path.relpath(os.getcwd(), root).replace(os.sep, "/")
    path = COMMAND_LINE if here == "." else f"{here}/{COMMAND_LINE}"
    files = FileReader(root)
    files.open_buffer(path, command)
    analysis = Analysis(_catalogue(options), files, options, (path,), command=path)
    result = analysis.plan(())
    if nothing := analysis.why_nothing_starts(path):
        raise UsageError(nothing)
    return _from_here(result, files)


def _catalogue(options: Options) -> Catalogue:
    """Open the catalogue; a data file that is wrong, our own or of a rule pack, is one clear error."""
    try:
        catalogue = Catalogue.default(options.rule_packs)
        errors = catalogue.errors
    except CatalogueError as error:
        raise UsageError(str(error)) from error
    if errors:
        raise UsageError(str(errors[0]))
    return catalogue


def _from_here(result: R, files: FileReader) -> R:
    """Return a result with paths relative to the working directory; a session thinks in paths from the root."""
    here = os.getcwd()
    if os.path.realpath(files.root) == os.path.realpath(here):
        return result
    from epochlint.results import relocated

    def change(path: str) -> str:
        if path.endswith(">"):  # no file, whatever folder it is looked at from
            return path.rpartition("/")[2]
        return os.path.relpath(os.path.join(files.root, path), here).replace(os.sep, "/")

    return relocated(result, change)


def _focus(paths: tuple[str, ...], options: Options, stdin: str | None) -> tuple[FileReader, tuple[str, ...]]:
    """Return the reader of the project and the files asked for, as paths from its root."""
    if stdin is None:
        root = find_root(paths[0] if paths else ".")
        strangers = [path for path in missing_paths(paths, root) if os.path.exists(path)]
        if strangers:
            raise UsageError(
                f"{strangers[0]} lies outside of {root}, the project of {paths[0]}: check one project at a time"
            )
        return FileReader(root), discover(paths, root, options.exclude, options.force_exclude)
    name = options.stdin_filename or ""
    root = find_root(os.path.dirname(name) or ".")
    path = os.path.relpath(os.path.abspath(name), root).replace(os.sep, "/")
    files = FileReader(root)
    files.open_buffer(path, stdin)
    return files, (path,)


def _concerning(files: FileReader, focus: tuple[str, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the files that hold a word of training; the others are never parsed."""
    return tuple([path for path in focus if _concerns(files.raw(path), files.kind(path), catalogue)])


def _concerns(data: bytes, kind: str, catalogue: Catalogue) -> bool:
    if kind == "yaml" and (may_hold_number_text(data) or may_inherit(data)):
        return True
    return catalogue.index.concerns(data, kind)
