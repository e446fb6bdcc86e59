"""What only IPython understands in the cells of a notebook: magics, shell commands, questions for help."""

from __future__ import annotations

# Cell magics whose cell is still Python; the content of all others is not.
PYTHON_CELLS = ("time", "timeit", "capture", "prun", "pypy", "memit", "mprun", "lprun", "python", "python3")
SHELL_CELLS = ("bash", "sh")


def cell_magic(cell: list[str]) -> str | None:
    """Return the name of the magic that a cell begins with, `bash` of `%%bash`; None if it begins with none."""
    first = next((line.strip() for line in cell if line.strip()), "")
    words = first[2:].split() if first.startswith("%%") else []
    return words[0] if words else None


def without_magics(cell: list[str]) -> list[str]:
    """Return the lines of a cell with magics, shell commands and questions for help replaced by `pass`."""
    kind = cell_magic(cell)
    if kind is not None and kind not in PYTHON_CELLS:
        return [""] * len(cell)
    changed: list[str] = []
    continued = False
    for line in cell:
        stripped = line.strip()
        if continued:
            changed.append("")
            continued = stripped.endswith("\\")
        elif _is_magic(stripped):
            changed.append(line[: len(line) - len(line.lstrip())] + "pass")
            continued = stripped.endswith("\\")
        else:
            changed.append(line)
    return changed


def _is_magic(stripped: str) -> bool:
    if stripped.startswith(("!", "?")) or (stripped[:1] == "%" and (stripped[1:2].isalpha() or stripped[1:2] == "%")):
        return True
    if stripped.endswith("?") and not stripped.startswith("#"):
        return True
    _, equals, right = stripped.partition("=")
    return bool(equals) and right.lstrip().startswith(("!", "%"))
