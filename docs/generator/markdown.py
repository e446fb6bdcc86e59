"""Markdown: tables, code, and text that means itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

LANGUAGES = {
    ".py": "python",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".sh": "bash",
    ".ipynb": "json",
}


def computed(from_what: str) -> str:
    """Return the line that tells that a document is not to be edited."""
    return f"<!-- Written by docs/build.py from {from_what}; edit that, and run `python docs/build.py`. -->"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], code: Iterable[int] = ()) -> Iterator[str]:
    """Yield a table; columns without any text are left out, `code` are columns of code. Other cells are Markdown."""
    found = [list(row) for row in rows]
    shown = [at for at in range(len(columns)) if any(row[at] for row in found)]
    code = frozenset(code)
    yield _row(columns[at] for at in shown)
    yield _row("---" for _ in shown)
    for row in found:
        yield _row(inline_code(row[at]) if at in code else row[at] for at in shown)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def inline_code(text: str) -> str:
    """Return a text as code; empty for an empty one."""
    if not text:
        return ""
    mark = "``" if "`" in text else "`"
    return f"{mark}{text}{mark}"


def plain(text: str) -> str:
    """Return a text so that Markdown shows it as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("*", "\\*")


def fenced(text: str, language: str = "") -> Iterator[str]:
    """Yield a block of code."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield text.rstrip("\n")
    yield fence


def language_of(path: str) -> str:
    return LANGUAGES.get(PurePosixPath(path).suffix, "text")
