"""Reading notebooks: the code cells in order as one script, without what only IPython understands."""

from __future__ import annotations

from epochlint.places import Span
from epochlint.sources.documents import Command, Document, split_lines
from epochlint.sources.guards import SIZE_LIMIT, Refused, too_large
from epochlint.sources.magics import PYTHON_CELLS, SHELL_CELLS, cell_magic, without_magics
from epochlint.sources.positions import Positions
from epochlint.sources.python_reader import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any


def read_notebook(path: str, text: str) -> Document:
    """Read a notebook.

    `text` is the joined source of the code cells and `cells` the line at which each cell begins in it; cells without
    code begin where the next one does. A cell that cannot be parsed is left out of `tree`, the others stay.
    """
    try:
        sources = _code_cells(text)
    except Refused as refused:
        return Document(path, "notebook", text, problems=(refused.problem,))
    cells = [split_lines(source) for source in sources if source is not None]
    lines = [line for cell in cells for line in cell]
    joined = "\n".join(lines)
    firsts = _first_lines(sources)
    try:
        if len(joined) > SIZE_LIMIT:
            raise too_large(len(joined), SIZE_LIMIT)
        tree = _tree_of(cells)
    except Refused as refused:
        return Document(path, "notebook", joined, cells=firsts, problems=(refused.problem,))
    return Document(path, "notebook", joined, tree=tree, cells=firsts, commands=_commands(path, cells, joined, firsts))


def _first_lines(sources: list[str | None]) -> tuple[int, ...]:
    firsts = []
    line = 1
    for source in sources:
        firsts.append(line)
        line += len(split_lines(source)) if source is not None else 0
    return tuple(firsts)


def _tree_of(cells: list[list[str]]) -> ast.Module:
    """Parse the cells together; where that fails, leave out what is no Python. Raises `Refused`."""
    try:
        return parse("\n".join([line for cell in cells for line in cell]))
    except Refused:
        return parse("\n".join([line for cell in cells for line in _as_python(cell)]))


def _code_cells(text: str) -> list[str | None]:
    """Return the source of each cell, None for cells that are not Python. Raises `Refused`."""
    import json

    try:
        notebook: Any = json.loads(text)
    except json.JSONDecodeError as error:
        span = Span(error.lineno, error.colno, error.lineno, error.colno)
        raise Refused("unreadable-file", f"not readable as a notebook: {error.msg}", span) from None
    except RecursionError:
        raise Refused("too-deep", "the notebook is nested too deep") from None
    except ValueError as error:
        raise Refused("unreadable-file", f"not readable as a notebook: {error}") from None
    if not isinstance(notebook, dict):
        raise Refused("unreadable-file", "not readable as a notebook: there are no cells")
    if not _is_python(notebook.get("metadata")):
        return []
    cells = notebook.get("cells")
    if cells is None:  # version 3 of the format had work sheets
        sheets = notebook.get("worksheets")
        cells = sheets[0].get("cells") if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict) else None
    if not isinstance(cells, list):
        raise Refused("unreadable-file", "not readable as a notebook: there are no cells")
    return [_source_of(cell) for cell in cells]


def _source_of(cell: Any) -> str | None:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        source = "".join([line for line in source if isinstance(line, str)])
    if not isinstance(source, str):
        return None
    # Escapes can make halves of characters, which nothing can show.
    return source.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _is_python(metadata: Any) -> bool:
    """Tell whether a notebook runs Python, which it does unless it says otherwise."""
    if not isinstance(metadata, dict):
        return True
    for key, field in (("kernelspec", "language"), ("language_info", "name")):
        about = metadata.get(key)
        language = about.get(field) if isinstance(about, dict) else None
        if isinstance(language, str):
            return language.lower() in ("python", "ipython", "python3", "python2")
    return True


def _as_python(cell: list[str]) -> list[str]:
    """Return a cell as Python of as many lines: as it is, without magics, or blank if it cannot be parsed."""
    if _parses(cell):
        return cell
    changed = without_magics(cell)
    return changed if changed != cell and _parses(changed) else [""] * len(cell)


def _parses(cell: list[str]) -> bool:
    try:
        parse("\n".join(cell))
    except Refused:
        return False
    return True


def _commands(path: str, cells: list[list[str]], text: str, firsts: tuple[int, ...]) -> tuple[Command, ...]:
    if "!" not in text and "%%" not in text:
        return ()
    from epochlint.sources.shell_reader import commands_in

    return commands_in(_shell_scripts(cells), Positions(text), path, firsts)


def _shell_scripts(cells: list[list[str]]) -> Iterator[tuple[int, str]]:
    """Yield the shell commands of a notebook, line by line or cell by cell, with their offsets in the joined text."""
    offset = 0
    for cell in cells:
        behind = offset + sum([len(line) + 1 for line in cell])
        if cell_magic(cell) in SHELL_CELLS:
            blank = next(index for index, line in enumerate(cell) if line.strip())
            below = offset + sum([len(line) + 1 for line in cell[: blank + 1]])
            yield below, "\n".join(cell[blank + 1 :])
        elif cell_magic(cell) in (None, *PYTHON_CELLS):
            yield from _shell_lines(cell, offset)
        offset = behind


def _shell_lines(cell: list[str], offset: int) -> Iterator[tuple[int, str]]:
    command: list[str] = []
    start = 0
    for line in cell:
        if command or line.lstrip().startswith("!"):
            if not command:
                content = line.lstrip().lstrip("!")
                start = offset + len(line) - len(content)
                command.append(content)
            else:
                command.append(line)
            if not line.endswith("\\"):
                yield start, "\n".join(command)
                command = []
        offset += len(line) + 1
    if command:
        yield start, "\n".join(command)
