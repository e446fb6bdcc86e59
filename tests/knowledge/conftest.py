from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a data file below a temporary catalogue folder; what its schema demands is added if it is missing."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "catalogue" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = dedent(text).lstrip("\n")
        if "name:" not in text.split("\n")[0]:
            text = f"name: {path.stem}\ntitle: {path.stem.title()}\n{text}" if "rules/" not in name else text
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


RULE = """
code: {code}
name: {name}
about: run
severity: warning
summary: The run is too long.
explanation: Long runs cost much.
message: the run takes {{total_steps}} steps
at: run
if: {condition}
examples:
  bad:
    - file: train.py
      code: |
        train(steps=10)  # <- here
  good:
    - file: train.py
      code: train(steps=1)
"""


@pytest.fixture
def write_rule(write: Write) -> Callable[..., Path]:
    def write_one(name: str, code: str = "EL201", condition: str = "total_steps > 100", more: str = "") -> Path:
        text = RULE.lstrip("\n").format(name=name, code=code, condition=condition) + dedent(more)
        return write(f"rules/steps/{name}.yaml", text)

    return write_one
