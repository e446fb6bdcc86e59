"""What is said about a wrong data file: one sentence with file, line and the path inside the file."""

from __future__ import annotations

_LONGEST_KEY = 60


class CatalogueError(ValueError):
    """A data file is wrong: `frameworks/x.yaml:12: options.max_steps.type: 'intger' is not one of …`.

    `line` and `column` count from 1 and are 0 where no place in the file is meant; `inside` is the path of keys.
    """

    def __init__(self, path: str, message: str, line: int = 0, column: int = 0, inside: str = "") -> None:
        self.path = path
        self.line = line
        self.column = column
        self.inside = inside
        self.message = message
        where = f"{path}:{line}" if line else path
        super().__init__(f"{where}: {inside}: {message}" if inside else f"{where}: {message}")


def inside_of(keys: tuple[str | int, ...]) -> str:
    """Write a path of keys and indices as people do: `plan[3].total_steps`."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            shown = key if len(key) <= _LONGEST_KEY else key[:_LONGEST_KEY] + "..."
            text += f".{shown}" if text else shown
    return text
