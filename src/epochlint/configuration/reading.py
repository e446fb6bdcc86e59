"""Our own configuration: `epochlint.toml`, `.epochlint.toml`, or `[tool.epochlint]` in `pyproject.toml`."""

from __future__ import annotations

import os

from epochlint.configuration.options import Options
from epochlint.errors import UsageError
from epochlint.sources.guards import SIZE_LIMIT, Refused, decode, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.sources.documents import MappingNode

OWN_FILES = (".epochlint.toml", "epochlint.toml")
SHARED_FILE = "pyproject.toml"
MARK = b"epochlint"


def read_options(start: str, config: str = "", isolated: bool = False) -> Options:
    """Return what the configuration says; without one, the defaults.

    The nearest configuration counts, from `start` (a file or a folder) upwards to the root of the repository; files
    of our own win over `pyproject.toml` in the same folder. `config` names a file instead, and `isolated` reads none.
    Whatever is wrong with the configuration is a UsageError.
    """
    if isolated:
        return Options()
    if config:
        if not os.path.isfile(config):
            raise UsageError(f"--config: there is no file {config!r}")
        return _read(config, _content(config), demanded=True)
    for folder in _folders_above(start):
        for name in (*OWN_FILES, SHARED_FILE):
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            data = _content(path)
            if name == SHARED_FILE and not _has_own_table(path, data):
                continue
            return _read(path, data)
    return Options()


def _folders_above(start: str) -> list[str]:
    """Return the folder of a path and those above it, up to the root of the repository."""
    folder = os.path.abspath(start or ".")
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    folders = [folder]
    while not os.path.exists(os.path.join(folder, ".git")) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        folders.append(folder)
    return folders


def _content(path: str) -> bytes:
    try:
        return read_bytes(path, SIZE_LIMIT, follow=True)
    except Refused as refused:
        raise UsageError(f"{_shown(path)}: {refused.problem.message}") from None
    except OSError as error:
        raise UsageError(f"{_shown(path)}: {error.strerror or error}") from None


def _has_own_table(path: str, data: bytes) -> bool:
    """Tell whether a pyproject.toml has a table for us; most are not even parsed."""
    return MARK in data and _table(path, data) is not None


def _read(path: str, data: bytes, demanded: bool = False) -> Options:
    table = _table(path, data) if data.strip() else None
    if table is None:
        if demanded and os.path.basename(path) == SHARED_FILE:
            raise UsageError(f"{_shown(path)}: there is no table [tool.epochlint]")
        return Options(config=path)
    from epochlint.configuration.keys import Reader

    return Options(**Reader(_shown(path), os.path.dirname(os.path.abspath(path))).options(table), config=path)


def _table(path: str, data: bytes) -> MappingNode | None:
    """Return our own table of a TOML file: the whole file if it is ours."""
    from epochlint.sources.documents import MappingNode
    from epochlint.sources.toml_reader import read_toml

    try:
        text, _ = decode(data, "toml")
    except Refused as refused:
        raise UsageError(f"{_shown(path)}:{refused.problem.span.line}: {refused.problem.message}") from None
    document = read_toml(path, text)
    for problem in document.problems:
        raise UsageError(f"{_shown(path)}:{problem.span.line}: {problem.message}")
    root = document.root
    if os.path.basename(path) == SHARED_FILE:
        tool = root.get("tool") if isinstance(root, MappingNode) else None
        root = tool.get("epochlint") if isinstance(tool, MappingNode) else None
        if root is not None and not isinstance(root, MappingNode):
            raise UsageError(f"{_shown(path)}:{root.span.line}: tool.epochlint should be a table")
    return root if isinstance(root, MappingNode) else None


def _shown(path: str) -> str:
    """Return a path as people know it: from the working directory, if it is below it."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if relative.startswith("..") else relative.replace(os.sep, "/")
