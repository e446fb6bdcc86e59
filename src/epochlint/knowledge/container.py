"""One file with the compiled catalogue: a header, a table of contents, and parts that are read one by one when needed.

The parts are marshal data. They are read only from places of our own (the installed package, or a cache folder), and
only if the header says that this program wrote them.
"""

from __future__ import annotations

import marshal
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FORMAT = 1
MARSHAL = 4  # understood by every Python that we support; newer ones would write a newer form by themselves

_MAGIC = b"epochlint catalogue\n"
_LENGTHS = 16  # the sizes of header and file, eight bytes each
# If a Python read marshal data differently, this would come out as something else.
_PROBE = (1, 1 << 70, 1.5, "é", b"x", (True, False, None), [2], {"a": 3}, frozenset({4}))


class BrokenContainerError(Exception):
    """A part cannot be read: the file was damaged after it was opened."""


def pack(parts: Mapping[str, Any], stamp: Any) -> bytes:
    """Return the contents of a catalogue file. `stamp` tells what it was made from (see `Container.open`)."""
    blobs, contents, offset = [], {}, 0
    for name, part in parts.items():
        blob = marshal.dumps(part, MARSHAL)
        contents[name] = (offset, len(blob))
        offset += len(blob)
        blobs.append(blob)
    header = marshal.dumps((FORMAT, _PROBE, stamp, contents), MARSHAL)
    size = len(_MAGIC) + _LENGTHS + len(header) + offset
    lengths = len(header).to_bytes(8, "big") + size.to_bytes(8, "big")
    return b"".join((_MAGIC, lengths, header, *blobs))


class Container:
    """An open catalogue file."""

    def __init__(self, file: int, contents: dict[str, tuple[int, int]], start: int) -> None:
        self._file = file
        self._contents = contents
        self._start = start

    @classmethod
    def open(cls, path: str, stamp: Any) -> Container | None:
        """Open a catalogue file; None if it is missing, damaged, of another form or has another stamp."""
        try:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError:
            return None
        try:
            container = cls._read_header(file, stamp)
        except (OSError, ValueError, EOFError, TypeError):
            container = None
        if container is None:
            os.close(file)
        return container

    @classmethod
    def _read_header(cls, file: int, stamp: Any) -> Container | None:
        begin = len(_MAGIC) + _LENGTHS
        head = os.read(file, begin)
        if len(head) != begin or not head.startswith(_MAGIC):
            return None
        length = int.from_bytes(head[len(_MAGIC) : len(_MAGIC) + 8], "big")
        size = int.from_bytes(head[-8:], "big")
        if os.fstat(file).st_size != size or length > size:
            return None
        made, probe, found, contents = marshal.loads(_read(file, begin, length))
        if (made, probe, found) != (FORMAT, _PROBE, stamp) or not isinstance(contents, dict):
            return None
        return cls(file, contents, begin + length)

    def __contains__(self, name: str) -> bool:
        return name in self._contents

    def names(self) -> tuple[str, ...]:
        return tuple(self._contents)

    def part(self, name: str) -> Any:
        """Read a part. Raises KeyError if there is none of this name, BrokenContainerError if it cannot be read."""
        offset, length = self._contents[name]
        try:
            return marshal.loads(_read(self._file, self._start + offset, length))
        except (OSError, ValueError, EOFError, TypeError) as error:
            raise BrokenContainerError(name) from error

    def __del__(self) -> None:
        os.close(self._file)


class Memory:
    """A catalogue that is stored nowhere, because no folder could be written to."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self._parts = parts

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    def part(self, name: str) -> Any:
        return self._parts[name]


def write(path: str, contents: bytes) -> bool:
    """Write a file in one piece: others see the old one or the new one. False if it cannot be written."""
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(contents)
        os.replace(temporary, path)
    except OSError:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(temporary)
        return False
    return True


def _read(file: int, offset: int, length: int) -> bytes:
    if hasattr(os, "pread"):  # leaves the file's position alone, which forked processes share
        data = os.pread(file, length, offset)
    else:
        os.lseek(file, offset, os.SEEK_SET)
        data = os.read(file, length)
    if len(data) != length:
        raise EOFError(f"{length} bytes expected, {len(data)} read")
    return data
