"""What a session gives back to the command line and the language server."""

from __future__ import annotations

from epochlint.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias, TypeVar

    from epochlint.declared.setting import Declared
    from epochlint.findings.finding import Finding
    from epochlint.plan.comparing import Comparison
    from epochlint.plan.plan import Plan
    from epochlint.runs.run import Run

    # (path, line) or, in a notebook, (path, line, cell): the text of that line without its end, empty if there is none.
    Lines: TypeAlias = Callable[..., str]
    Result = TypeVar("Result")


@record
class Summary:
    """What was looked at.

    `frameworks` are (name, number of runs); `undecided` counts checks that could not be decided, and
    `undecided_because` are (quantity, number of runs in which it is unknown). `skipped` files could not be read,
    `suppressed` findings were silenced by a comment.
    """

    files: int = 0
    runs: int = 0
    frameworks: tuple[tuple[str, int], ...] = ()
    undecided: int = 0
    undecided_because: tuple[tuple[str, int], ...] = ()
    skipped: int = 0
    suppressed: int = 0


@record
class CheckResult:
    """All findings, notes included, in stable order. `lines` gives the text that was checked, perhaps a buffer's."""

    findings: tuple[Finding, ...]
    summary: Summary
    lines: Lines


@record
class PlanResult:
    """The runs with their plans, in stable order. `findings` are about the linter's own work only (EL9…).

    `comparisons` are with another release, one for each run; none if nobody asked. `declared` are settings of scripts
    that are known by their names alone, whether or not a run is recognised.
    """

    plans: tuple[tuple[Run, Plan], ...]
    findings: tuple[Finding, ...]
    summary: Summary
    lines: Lines
    comparisons: tuple[Comparison, ...] = ()
    declared: tuple[Declared, ...] = ()


def relocated(result: Result, change: Callable[[str], str]) -> Result:
    """Return a result, finding or plan with every path in it changed; sessions think in paths from the root.

    `lines` of the result then takes the changed paths.
    """
    back: dict[str, str] = {}

    def forth(path: str) -> str:
        changed = change(path)
        back[changed] = path
        return changed

    moved = _moved(result, forth)
    lines = getattr(result, "lines", None)
    if lines is None:
        return moved  # type: ignore[no-any-return]
    return replace(moved, lines=lambda path, *where: lines(back.get(path, path), *where))  # type: ignore[no-any-return]


# Records that are made by the hundred and hold no path of the user's.
_WITHOUT_PATHS = ("framework", "value", "unit", "rate", "outcome", "lines")


def _moved(value: Any, change: Callable[[str], str]) -> Any:
    if type(value) is tuple:
        items = tuple([_moved(item, change) for item in value])
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    fields = getattr(value, "_fields", None)
    if fields is None:
        return value
    changes: dict[str, Any] = {}
    for name in fields:
        if name in _WITHOUT_PATHS:
            continue
        old = getattr(value, name)
        new = change(old) if name == "path" and isinstance(old, str) else _moved(old, change)
        if new is not old:
            changes[name] = new
    return replace(value, **changes) if changes else value
