"""Parts of documents that are computed: what stands between a mark and `<!-- end -->`.

<!-- output: epochlint check examples/finetune -->   what a command prints, with the command
<!-- json: epochlint plan . --output-format json | runs.0.outcome -->   a piece of its JSON
<!-- table: frameworks -->   the frameworks
<!-- table: options -->      the keys of our own configuration, in a few words
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from epochlint.knowledge.store import Catalogue
from generator import frameworks
from generator.markdown import fenced

ROOT = Path(__file__).resolve().parents[2]
MARK = "<!-- end -->"
_BLOCK = re.compile(r"(<!-- (output|json|table): (.*?) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def fill(text: str, catalogue: Catalogue) -> str:
    """Return a document with its computed parts as they should be."""
    return _BLOCK.sub(lambda found: found[1] + "\n".join(_KINDS[found[2]](found[3], catalogue)) + "\n", text)


def printed(command: str) -> str:
    """Run an epochlint command as if in a terminal of 100 columns, from the root of the repository."""
    program, *arguments = shlex.split(command)
    if program != "epochlint":
        raise ValueError(f"not a command of ours: {command}")
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "epochlint", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    if done.stderr or done.returncode > 1:
        raise RuntimeError(f"{command} exits with {done.returncode}: {done.stderr}")
    return done.stdout


def _output(command: str, _: Catalogue) -> Iterator[str]:
    yield from fenced(f"$ {command}\n{printed(command)}", "console")


def _json(what: str, _: Catalogue) -> Iterator[str]:
    command, _sign, path = what.partition(" | ")
    piece: Any = json.loads(printed(command))
    for step in filter(None, path.split(".")):
        piece = piece[int(step) if step.isdigit() else step]
    yield from fenced(_short(piece), "json")


def _short(piece: Any) -> str:
    """Return JSON whose innermost lists and objects stand on one line if they fit."""
    text = json.dumps(piece, indent=2)
    inner = re.compile(r"([\[{])\n\s+([^\[\]{}]*?)\n\s+([\]}])")

    def joined(found: re.Match[str]) -> str:
        line = f"{found[1]}{', '.join(part.strip().rstrip(',') for part in found[2].splitlines())}{found[3]}"
        return line if len(line) <= 110 else found[0]

    return inner.sub(joined, text)


def _table(name: str, catalogue: Catalogue) -> Iterator[str]:
    yield from _TABLES[name](catalogue)


_TABLES: dict[str, Callable[[Catalogue], Iterator[str]]] = {
    "frameworks": lambda catalogue: frameworks.overview(catalogue, "docs/frameworks/"),
}

_KINDS: dict[str, Callable[[str, Catalogue], Iterator[str]]] = {"output": _output, "json": _json, "table": _table}
