"""Training settings of files in which no run is recognised, for people."""

from __future__ import annotations

from epochlint.reports.colour import PLAIN
from epochlint.reports.numbers import number
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, count, safe, safe_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.declared.setting import Declared
    from epochlint.reports.colour import Palette
    from epochlint.results import PlanResult

MOST_FILES = 10  # whose settings are shown one by one


def declared_text(result: PlanResult, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield what is declared in files that are part of no run; of many files only how much that is."""
    planned = {joined.path for run, _ in result.plans for joined in run.documents}
    files: dict[str, list[Declared]] = {}
    for one in result.declared:
        if one.place.path not in planned:
            files.setdefault(one.place.path, []).append(one)
    if len(files) > MOST_FILES:
        total = sum(len(settings) for settings in files.values())
        where = count(len(files), "file")
        yield f"No run recognised in {where} that declare {total} training settings; name one to see its settings"
        return
    for path, settings in files.items():
        told = count(len(settings), "training setting")
        yield palette.paint(f"{safe_path(path)}: no run recognised; {told} declared, by their names:", "bold")
        yield from _table(settings, palette).lines(columns)
        yield ""


def _table(settings: list[Declared], palette: Palette) -> Table:
    table = Table(("quantity", "value", "written"), wide=2, palette=palette)
    for one in settings:
        written = f"{one.name} = {one.text}" if one.name and one.text else one.name or one.text
        where = f"cell {one.place.cell}, line {one.place.line}" if one.place.cell else f"line {one.place.line}"
        table.add(one.quantity, number(one.value), safe(f"{written} ({where})"))
    return table
