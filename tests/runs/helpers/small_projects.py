"""Small projects of several files, and what epochlint makes of them."""

from __future__ import annotations

from pathlib import Path

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known
from epochlint.plan.plan import Plan
from epochlint.results import CheckResult
from epochlint.runs.run import Run

Files = dict[str, str]


def written(folder: Path, files: Files) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def plans_of(folder: Path, files: Files, **assumed: object) -> tuple[tuple[Run, Plan], ...]:
    assume = tuple((name, str(value), "--assume") for name, value in assumed.items())
    return session.plan((str(written(folder, files)),), Options(assume=assume)).plans


def plan_of(folder: Path, files: Files, **assumed: object) -> Plan:
    """Return the plan of the one run that the files tell of."""
    ((_, plan),) = plans_of(folder, files, **assumed)
    return plan


def check(folder: Path, files: Files) -> CheckResult:
    return session.check((str(written(folder, files)),), Options())


def number(plan: Plan, quantity: str) -> object:
    """Return a quantity's number, None where it is not known."""
    entry = plan.entry(quantity)
    return entry.value.value if entry is not None and isinstance(entry.value, Known) else None


def place(plan: Plan, quantity: str) -> str:
    """Return `file:line` of the place a quantity comes from, the file without its folders."""
    entry = plan.entry(quantity)
    where = entry.place if entry is not None else None
    return f"{where.path.rpartition('/')[2]}:{where.line}" if where is not None else ""
