"""Finding the data files of a catalogue, and the places where its compiled form is kept."""

from __future__ import annotations

import os

from epochlint.knowledge.errors import CatalogueError
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Folder of a catalogue: kind of its files (the name of their schema).
KINDS = {
    "frameworks": "framework",
    "schedules": "schedule",
    "apis": "api",
    "launchers": "launcher",
    "vocabulary": "vocabulary",
    "rules": "rule",
}
SUFFIXES = (".yaml", ".yml")
DEEPEST = 4  # folders below `rules/`
MOST = 20_000  # files; more means that somebody named the wrong folder

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMPILED = os.path.join(PACKAGE, "_catalogue", "catalogue.bin")
CACHE_NAME = ".epochlint_cache"


@record
class Source:
    """A data file: `path` to read it, `shown` as people know it (`frameworks/x.yaml`), and what an edit changes."""

    kind: str
    name: str
    path: str
    shown: str
    changed: int  # nanoseconds
    size: int


def sources_in(folders: Sequence[str]) -> tuple[Source, ...]:
    """List the data files of some catalogue folders, in a stable order.

    A folder has subfolders such as `frameworks/` and `rules/`; one that has none of them is a rule pack, of which every
    YAML file is a rule. Links are not followed. A folder that is not there is a CatalogueError.
    """
    found: list[Source] = []
    for folder in folders:
        if not os.path.isdir(folder):
            raise CatalogueError(folder, "there is no such folder")
        found.extend(_sources_of(folder))
    return tuple(found)


def _sources_of(folder: str) -> Iterator[Source]:
    kinds = [(name, kind) for name, kind in KINDS.items() if os.path.isdir(os.path.join(folder, name))]
    if kinds:
        for name, kind in kinds:
            yield from _files_below(os.path.join(folder, name), name, kind, DEEPEST)
    else:
        yield from _files_below(os.path.abspath(folder), folder.replace(os.sep, "/").rstrip("/"), "rule", DEEPEST)


def _files_below(folder: str, shown: str, kind: str, depth: int) -> Iterator[Source]:
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries[:MOST]:
        if entry.name.startswith("."):
            continue
        inside = f"{shown}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if depth and kind == "rule":
                yield from _files_below(entry.path, inside, kind, depth - 1)
        elif entry.name.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False):
            state = entry.stat(follow_symlinks=False)
            yield Source(kind, entry.name.rpartition(".")[0], entry.path, inside, state.st_mtime_ns, state.st_size)


def stamp_of(sources: Sequence[Source]) -> tuple[tuple[str, str, int, int], ...]:
    """Return what changes when any of the files is edited, added or removed."""
    return tuple((source.shown, source.path, source.changed, source.size) for source in sources)


def installed_folder() -> str | None:
    """Return the folder of our own data files: the installed package, or the checkout that this module is run from."""
    if os.path.isdir(os.path.join(PACKAGE, "frameworks")):
        return PACKAGE
    return checkout_folder()


def checkout_folder() -> str | None:
    """Return the root of the checkout that this module is run from, or None if it is installed."""
    root = os.path.dirname(os.path.dirname(PACKAGE))
    beside = os.path.isfile(os.path.join(root, "pyproject.toml")) and os.path.isdir(os.path.join(root, "frameworks"))
    return root if beside else None


def own_code_stamp() -> tuple[tuple[str, int, int], ...]:
    """Return what changes when the code that compiles the catalogue is edited; matters in a checkout only."""
    found: list[tuple[str, int, int]] = []
    for folder in ("knowledge", "knowledge/schemas", "expressions", "sources"):
        with os.scandir(os.path.join(PACKAGE, folder)) as scan:
            for entry in sorted(scan, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".json")):
                    state = entry.stat()
                    found.append((entry.name, state.st_mtime_ns, state.st_size))
    return tuple(found)


def user_cache_folder() -> str | None:
    """Return our folder in the user's cache, or None where there is no home."""
    home = os.path.expanduser("~")
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "") or (os.path.join(home, ".cache") if home != "~" else "")
    return os.path.join(base, "epochlint") if base and os.path.isabs(base) else None


def prepare_cache(folder: str) -> None:
    """Make a cache folder that no version control takes in."""
    from contextlib import suppress

    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, ".gitignore"), "x", encoding="utf-8") as file:
            file.write("*\n")
