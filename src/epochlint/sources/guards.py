"""Limits on what is read: size, encoding, kind of file, depth. Whatever breaks one becomes one clear problem."""

from __future__ import annotations

import os

from epochlint.places import Span
from epochlint.sources.documents import Problem, split_lines

MEBIBYTE = 1 << 20
# The largest file that is read, unless somebody asks for more.
SIZE_LIMIT = MEBIBYTE
# Notebooks carry their pictures, and lock files all packages of the world; both are read by simple means.
SIZE_FACTORS = {"notebook": 16, "requirements": 16}
# How deep configuration files and scripts may be nested. Files of people stay below 20 and below 60.
DEPTH_LIMIT = 100
PYTHON_DEPTH_LIMIT = 300
# How many aliases a YAML file may have, and by how many nodes they may enlarge it.
ALIAS_LIMIT = 1_000
ALIAS_GROWTH_LIMIT = 100_000
# How far YAML merge keys may reach through one another, and how many keys they may bring in altogether.
MERGE_DEPTH_LIMIT = 8
MERGE_GROWTH_LIMIT = 100_000
# Longer numbers stay texts: Python refuses to print an integer of more than 4,300 digits.
LONGEST_NUMBER = 3_500

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_START = Span(1, 1, 1, 1)
# Names under which Python files may declare the encodings that are read.
_DECLARED = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "u8": "utf-8", "cp65001": "utf-8",
    "latin-1": "latin-1", "latin1": "latin-1", "latin": "latin-1", "l1": "latin-1", "iso-8859-1": "latin-1",
    "iso8859-1": "latin-1", "8859": "latin-1", "cp819": "latin-1",
    "ascii": "ascii", "us-ascii": "ascii", "646": "ascii",
}  # fmt: skip


class Refused(Exception):
    """A file, or a part of it, is not read; carries the problem that says why."""

    def __init__(self, name: str, message: str, span: Span = _START, fatal: bool = True) -> None:
        super().__init__(message)
        self.problem = Problem(name, message, span, fatal)


def node_limit(text: str) -> int:
    """Return how many values a configuration file may have: a million in a mebibyte, in proportion for larger ones."""
    return max(1_000_000, len(text))


def read_bytes(path: str, limit: int, *, follow: bool) -> bytes:
    """Return the content of a regular file of at most `limit` bytes; otherwise raise `Refused`, or OSError.

    With `follow` false a symbolic link is an OSError. Devices, pipes and folders are refused without being waited for.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if status.st_mode & 0o170000 != 0o100000:
            raise Refused("unreadable-file", "this is no regular file")
        if status.st_size > limit:
            raise too_large(status.st_size, limit)
        chunks = []
        left = limit + 1  # A file may grow while it is read, and files of /proc tell no size.
        while left > 0:
            wanted = min(left, max(status.st_size + 1, 4096))
            chunk = os.read(descriptor, wanted)
            chunks.append(chunk)
            left -= len(chunk)
            if len(chunk) < wanted:
                break
        if left <= 0:
            raise too_large(limit + 1, limit)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def too_large(size: int, limit: int) -> Refused:
    return Refused("too-large", f"the file has {size:,} bytes; the limit is {limit:,}")


def decode(data: bytes, kind: str) -> tuple[str, str]:
    """Return the text of a file, without its byte order mark, and the codec that gives the bytes back.

    UTF-8 always; UTF-16 with a byte order mark in YAML, which allows it; Latin-1 and ASCII in Python files that declare
    them.
    """
    if data.startswith(_UTF_32):
        raise Refused("bad-encoding", "the file is in UTF-32; only UTF-8 is read")
    if data.startswith(_UTF_16):
        if kind != "yaml":
            raise Refused("bad-encoding", "the file is in UTF-16; only UTF-8 is read")
        return _decoded(data, "utf-16"), "utf-16"
    bom = data.startswith(_BOM)
    encoding = "utf-8"
    if kind == "python":
        encoding = _declared_encoding(data[3:] if bom else data, bom)
    if bom:
        return _decoded(data[3:], "utf-8"), "utf-8-sig"
    return _decoded(data, encoding), encoding


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        shown = data[error.start : error.start + 1].hex()
        raise Refused("bad-encoding", f"byte 0x{shown} is not {encoding.upper()}", _end_of(before)) from None
    refuse_bad_characters(text)
    return text


def refuse_bad_characters(text: str) -> None:
    """Refuse what no reader takes: NUL characters, and lone surrogates, which only an editor's buffer can have."""
    position = text.find("\0")
    if position >= 0:
        raise Refused("bad-encoding", "the file has a NUL character", _end_of(text[:position]))
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            message = f"the text has half a character (U+{ord(text[error.start]):04X})"
            raise Refused("bad-encoding", message, _end_of(text[: error.start])) from None


def _end_of(text: str) -> Span:
    lines = split_lines(text)
    column = len(lines[-1]) + 1
    return Span(len(lines), column, len(lines), column)


def _declared_encoding(data: bytes, bom: bool) -> str:
    """Return the encoding that one of the first two lines of a Python file declares (PEP 263)."""
    for number, line in enumerate(data.splitlines()[:2] if len(data) < 400 else data[:400].splitlines()[:2], 1):
        stripped = line.strip(b" \t\f")
        if stripped.startswith(b"#"):
            name = _coding_of(stripped)
            if name:
                encoding = _DECLARED.get(name.lower().replace("_", "-"))
                span = Span(number, 1, number, 1)
                if encoding is None:
                    message = f"the file declares the encoding {name}; only UTF-8, Latin-1 and ASCII are read"
                    raise Refused("bad-encoding", message, span)
                if bom and encoding != "utf-8":
                    raise Refused("bad-encoding", f"the file declares the encoding {name} but begins as UTF-8", span)
                return encoding
        elif stripped:
            break  # The second line counts only if the first is empty or a comment.
    return "utf-8"


def _coding_of(line: bytes) -> str:
    position = line.find(b"coding")
    while position >= 0:
        rest = line[position + 6 :]
        if rest[:1] in (b":", b"="):
            name = bytearray()
            for byte in rest[1:].lstrip(b" \t"):
                if byte not in b"-_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789":
                    break
                name.append(byte)
            if name:
                return name.decode("ascii")
        position = line.find(b"coding", position + 6)
    return ""
