"""Which readers of configuration files a repository uses, told from what its Python files import."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def imports_any(source: bytes, packages: Iterable[str]) -> bool:
    """Tell whether a Python file has a line `import PACKAGE` or `from PACKAGE...`, without parsing it.

    A word of the name elsewhere in the file is not enough; `import a, b` counts for `a` only.
    """
    wanted = [package.encode() for package in packages if package.encode() in source]
    return bool(wanted) and any(_imported(line) in wanted for line in source.splitlines() if b"import" in line)


def _imported(line: bytes) -> bytes:
    """Return the outermost package that a line imports; b"" if it imports none."""
    words = line.split(None, 2)
    return words[1].partition(b".")[0] if len(words) > 1 and words[0] in (b"import", b"from") else b""
