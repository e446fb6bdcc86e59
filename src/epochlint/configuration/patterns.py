"""Patterns of paths in `per-file-ignores` and `per-file-assume`: the same as in `exclude` and in a `.gitignore`."""

from __future__ import annotations

from epochlint.sources.ignoring import parse_pattern


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern means a file, given by its path from the root, or a folder around it.

    Without a slash it is compared with every name in the path: `tests`, `*_smoke.yaml`. With one it counts from the
    root: `conf/*/debug.yaml`, `examples/**`.
    """
    parsed = parse_pattern(pattern.removeprefix("./"))
    if parsed is None or parsed.negated:
        return False
    parts = path.split("/")
    return any(parsed.matches("/".join(parts[:depth]), depth < len(parts)) for depth in range(1, len(parts) + 1))
