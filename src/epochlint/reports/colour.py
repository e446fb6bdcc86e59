"""Colours, if the terminal and the user want them."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_CODES = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36",
    "error": "1;31", "warning": "1;33", "note": "1;36", "gutter": "1;34", "help": "1;32",
}  # fmt: skip


class Palette:
    """Wraps text in colour codes, or leaves it as it is."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def paint(self, text: str, colour: str) -> str:
        """Return the text in a colour or in the style of a role (error, gutter, help …)."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.on and text else text


PLAIN = Palette(False)


def palette(choice: str, stream: TextIO) -> Palette:
    """Return the colours for a stream: `choice` is auto, always or never.

    With auto, NO_COLOR and TERM=dumb turn them off, FORCE_COLOR turns them on, and otherwise a terminal has them.
    """
    if choice != "auto":
        return Palette(choice == "always")
    if os.environ.get("NO_COLOR"):
        return Palette(False)
    if os.environ.get("FORCE_COLOR", "0").lower() not in ("", "0", "false"):
        return Palette(True)
    if os.environ.get("TERM") == "dumb":
        return Palette(False)
    try:
        return Palette(stream.isatty())
    except (ValueError, AttributeError):
        return Palette(False)
