"""Why an edit is not made."""

from __future__ import annotations


class RefusedEdit(Exception):
    """An edit cannot be made; the message says why, in words for a person."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
