"""Fixtures of the script reader's tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reading_scripts import read_all


@pytest.fixture
def read() -> Any:
    """Return a function that reads a source."""
    return lambda source, path="train.py": read_all(source, path, {})


@pytest.fixture
def read_files() -> Any:
    """Return a function that reads one of several files, given by path."""
    return lambda files, path="train.py": read_all(files[path], path, files)
