"""Finding the files to look at, in a fixed order, without what git ignores and nothing outside of the root."""

from __future__ import annotations

import os

from epochlint.sources.kinds import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from epochlint.sources.ignoring import Pattern

# Folders with other people's code, or none at all; those whose name begins with a dot are skipped too.
_SKIPPED = frozenset({"node_modules", "venv", "__pycache__", "site-packages", "build", "dist"})
# Folders that are looked at only if somebody names them: tests break the rules of training on purpose.
_TESTS = frozenset({"tests", "test"})
_LARGEST_IGNORE_FILE = 1 << 20
_MOST_FILES = 500_000


def discover(
    paths: Sequence[str], root: str, exclude: tuple[str, ...] = (), force_exclude: bool = False
) -> tuple[str, ...]:
    """Return the files that some paths stand for, as sorted paths from the root with forward slashes.

    `paths` are files and folders as the command line has them, relative to the working directory. A file that is named
    is taken whatever git ignores, if its kind is read at all; with `force_exclude` it is left out where it would not be
    found from above. `exclude` are patterns as in a `.gitignore` of the root. Missing paths give nothing: ask
    `missing_paths` for them.
    """
    return _Walk(root, exclude).files(paths, force_exclude)


def missing_paths(paths: Sequence[str], root: str) -> tuple[str, ...]:
    """Return those paths of the command line that do not exist, or lie outside of the root."""
    return tuple([path for path in paths if not os.path.exists(path) or _from_root(path, root) is None])


def find_root(path: str) -> str:
    """Return the root of the project around a file or folder: the nearest folder above with `.git` or our own settings.

    Without one it is the working directory, if the path lies in it; else the folder itself.
    """
    start = os.path.abspath(path)
    if not os.path.isdir(start):
        start = os.path.dirname(start)
    folder = start
    while True:
        if os.path.exists(os.path.join(folder, ".git")) or _has_settings(folder):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    here = os.getcwd()
    return here if _from_root(start, here) is not None else start


def _has_settings(folder: str) -> bool:
    if any(os.path.isfile(os.path.join(folder, name)) for name in (".epochlint.toml", "epochlint.toml")):
        return True
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            return b"[tool.epochlint" in file.read(_LARGEST_IGNORE_FILE)
    except OSError:
        return False


def _from_root(path: str, root: str) -> str | None:
    """Return a path as seen from the root ("" for the root itself), None if it lies outside."""
    root, path = os.path.abspath(root), os.path.abspath(path)
    if path == root:
        return ""
    prefix = root if root.endswith(os.sep) else root + os.sep
    return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else None


class _Walk:
    """One search below a root."""

    def __init__(self, root: str, exclude: tuple[str, ...]) -> None:
        self.root = os.path.abspath(root)
        self._real_root = os.path.realpath(self.root)
        self._own = _parsed(exclude)
        self._ignored: dict[str, tuple[Pattern, ...]] = {}
        self._seen: set[tuple[int, int]] = set()
        self._links: list[tuple[str, tuple[Pattern, ...]]] = []
        self._start = self._real_root  # where the walk at hand began

    def files(self, paths: Sequence[str], force_exclude: bool) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for path in paths:
            inside = _from_root(path, self.root)
            if inside is None:
                continue
            full = os.path.join(self.root, inside)
            if os.path.isdir(full):
                if self._stays_inside(full) and not (force_exclude and self._is_excluded(inside, True)):
                    found.update(dict.fromkeys(self._below(inside)))
            elif (
                _is_read(inside)
                and os.path.isfile(full)
                and self._stays_inside(full)
                and not (force_exclude and self._is_excluded(inside, False))
            ):
                found[inside] = None
        return tuple(sorted(self._without_twins(found)))

    def _below(self, folder: str) -> Iterator[str]:
        """Yield the files below a folder; links to folders come last, so that real paths win."""
        self._start = os.path.realpath(os.path.join(self.root, folder))
        stack = [(folder, self._patterns_above(folder))]
        self._links = []
        count = 0
        while stack or self._links:
            current, patterns = stack.pop() if stack else self._links.pop()
            for path, is_folder, inner in self._entries(current, patterns):
                if is_folder:
                    stack.append((path, inner))
                else:
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield path

    def _entries(self, folder: str, above: tuple[Pattern, ...]) -> Iterator[tuple[str, bool, tuple[Pattern, ...]]]:
        """Yield what is in a folder and is not left out, with the patterns that hold below it."""
        full = os.path.join(self.root, folder) if folder else self.root
        try:
            status = os.stat(full)
            identity = (status.st_dev, status.st_ino)
            if identity in self._seen:
                return
            self._seen.add(identity)
            with os.scandir(full) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError:
            return
        patterns = (*above, *self._patterns_of(folder))
        for entry in entries:
            name = entry.name
            path = f"{folder}/{name}" if folder else name
            try:
                if entry.is_dir():
                    if name in _SKIPPED or name in _TESTS or name[0] == "." or self._leaves_out(path, True, patterns):
                        continue
                    if not entry.is_symlink():
                        yield path, True, patterns
                    elif self._stays_inside(entry.path) and not self._leads_up(entry.path):
                        self._links.append((path, patterns))
                elif (
                    _is_read(name)
                    and entry.is_file()
                    and not self._leaves_out(path, False, patterns)
                    and (not entry.is_symlink() or self._stays_inside(entry.path))
                ):
                    yield path, False, patterns
            except OSError:
                continue

    def _leaves_out(self, path: str, is_folder: bool, patterns: tuple[Pattern, ...]) -> bool:
        from epochlint.sources.ignoring import is_ignored

        return is_ignored(path, is_folder, patterns) or is_ignored(path, is_folder, self._own)

    def _is_excluded(self, path: str, is_folder: bool) -> bool:
        """Tell whether a path, or a folder above it, is left out when the root is walked."""
        parts = path.split("/") if path else []
        for depth in range(1, len(parts) + 1):
            current, last = "/".join(parts[:depth]), depth == len(parts)
            name = parts[depth - 1]
            folder = is_folder or not last
            if folder and (name in _SKIPPED or name in _TESTS or name[0] == "."):
                return True
            if self._leaves_out(current, folder, self._patterns_above(current)):
                return True
        return False

    def _patterns_above(self, folder: str) -> tuple[Pattern, ...]:
        """Return the patterns of `.git/info/exclude` and of the ignore files in the folders above one."""
        patterns = self._patterns_in(os.path.join(self.root, ".git", "info", "exclude"), "")
        if folder:
            parts = folder.split("/")
            for depth in range(len(parts)):
                patterns += self._patterns_of("/".join(parts[:depth]))
        return patterns

    def _patterns_of(self, folder: str) -> tuple[Pattern, ...]:
        patterns = self._ignored.get(folder)
        if patterns is None:
            path = os.path.join(self.root, folder, ".gitignore")
            patterns = self._ignored[folder] = self._patterns_in(path, folder)
        return patterns

    def _patterns_in(self, path: str, base: str) -> tuple[Pattern, ...]:
        try:
            if not os.path.isfile(path):
                return ()
            with open(path, "rb") as file:
                text = file.read(_LARGEST_IGNORE_FILE).decode("utf-8", "replace")
        except OSError:
            return ()
        from epochlint.sources.ignoring import parse_patterns

        return parse_patterns(text.removeprefix("\ufeff"), base)

    def _stays_inside(self, full: str) -> bool:
        return _from_root(os.path.realpath(full), self._real_root) is not None

    def _leads_up(self, full: str) -> bool:
        """Tell whether a link leads to a folder above the one where the walk began."""
        return _from_root(self._start, os.path.realpath(full)) is not None

    def _without_twins(self, found: dict[str, None]) -> Iterator[str]:
        """Yield each file once: of a file and links to it, the file itself."""
        for path in found:
            full = os.path.join(self.root, path)
            if os.path.islink(full):
                target = _from_root(os.path.realpath(full), self._real_root)
                if target is not None and target != path and target in found:
                    continue
            yield path


def _parsed(exclude: tuple[str, ...]) -> tuple[Pattern, ...]:
    if not exclude:
        return ()
    from epochlint.sources.ignoring import parse_pattern

    return tuple([pattern for pattern in map(parse_pattern, exclude) if pattern is not None])


def _is_read(path: str) -> bool:
    """Tell whether a file is looked at for itself; lists of requirements only help to understand others."""
    return kind_of(path) not in (None, "requirements")
