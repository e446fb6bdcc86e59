"""Readers, and what they need of Python's library, are loaded only when a file of their kind comes."""

from __future__ import annotations

import subprocess
import sys

import pytest

NEVER = {"dataclasses", "pathlib", "logging", "libcst", "jsonschema", "asyncio", "subprocess", "ast", "unittest"}
READERS = {"yaml", "json.decoder", "tomllib", "tokenize", "epochlint.sources.shell_reader", "_ast"}

SCRIPT = """
import sys
from epochlint.sources.files import read_text
from epochlint.sources.discovery import discover, find_root
{action}
print(*sys.modules)
"""


def modules_after(action: str) -> set[str]:
    command = [sys.executable, "-c", SCRIPT.format(action=action)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    ("action", "needed"),
    [
        ("pass", set()),
        ("discover(['.'], find_root('.'))", set()),
        ("read_text('a.txt', '')", set()),
        ("read_text('requirements.txt', 'a==1')", set()),
        ("assert read_text('a.py', 'a = 1').tree", {"_ast"}),
        ("assert read_text('a.json', '[1]').root", set()),
        ("assert read_text('a.cfg', '[a]').root", set()),
        ("assert read_text('a.sh', 'a').commands", {"epochlint.sources.shell_reader"}),
        ("assert read_text('a.toml', 'a = 1').root", {"tomllib"}),
        ("assert read_text('a.yaml', 'a: 1').root", set()),
        ("assert read_text('a.yaml', 'a: &b 1').root", {"yaml"}),
    ],
)
def test_nothing_is_loaded_before_it_is_needed(action: str, needed: set[str]) -> None:
    modules = modules_after(action)
    assert modules & READERS == needed
    # PyYAML's and tomllib's own imports are theirs.
    assert not modules & NEVER
