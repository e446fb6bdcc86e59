"""Patterns of paths, as in `exclude` and `per-file-ignores`."""

from __future__ import annotations


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern means a file or a folder around it.

    Without a slash it is compared with the name of the file and of each folder: `tests`, `*_smoke.yaml`. With a slash
    it counts from the root: `conf/*/debug.yaml`, `examples/**`. `*` stays inside a name, `**` goes over any number of
    folders.
    """
    from fnmatch import fnmatchcase

    parts = path.split("/")
    wanted = pattern.removeprefix("./").rstrip("/")
    if "/" not in wanted:
        return any(fnmatchcase(part, wanted) for part in parts)
    return _begins(wanted.lstrip("/").split("/"), parts)


def _begins(wanted: list[str], parts: list[str]) -> bool:
    """Tell whether a path, or a folder around it, fits a pattern, in time that grows with both lengths."""
    from fnmatch import fnmatchcase

    # `reached` are the numbers of names after which the pattern fits as far as it has been read.
    reached = {0}
    for name in wanted:
        if name == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {end + 1 for end in reached if end < len(parts) and fnmatchcase(parts[end], name)}
        if not reached:
            return False
    return True
