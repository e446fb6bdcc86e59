"""The patterns of `.gitignore` files: which paths of a repository are left out.

A small matcher of the documented rules, without regular expressions: the last pattern that matches decides, patterns of
deeper folders come after those of upper ones, and nothing below a folder that is left out can be taken back in.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Pattern:
    """One line of an ignore file, for the folder `base` (relative to the root, "" for the root itself)."""

    __slots__ = ("anchored", "base", "folders_only", "negated", "segments")

    def __init__(self, base: str, segments: tuple[str, ...], negated: bool, folders_only: bool, anchored: bool) -> None:
        self.base = base
        self.segments = segments
        self.negated = negated
        self.folders_only = folders_only
        self.anchored = anchored

    def matches(self, path: str, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return False
        if not self.anchored:
            return match_segment(self.segments[0], path.rpartition("/")[2])
        inner = path[len(self.base) + 1 :] if self.base else path
        return _match_path(self.segments, inner.split("/"))


def parse_pattern(line: str, base: str = "") -> Pattern | None:
    """Read one line of an ignore file; None for blank lines and comments."""
    line = _without_trailing_blanks(line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    folders_only = line.endswith("/")
    line = line.rstrip("/") if folders_only else line
    if not line.strip("/"):
        return None
    anchored = "/" in line
    *upper, name = line.removeprefix("/").split("/")
    segments = (*[_without_escape(segment) for segment in upper], name)
    return Pattern(base, segments, negated, folders_only, anchored)


def _without_escape(segment: str) -> str:
    """Drop a backslash before the slash that ends a segment: it escapes nothing."""
    backslashes = len(segment) - len(segment.rstrip("\\"))
    return segment[:-1] if backslashes % 2 else segment


def parse_patterns(text: str, base: str = "") -> tuple[Pattern, ...]:
    """Read an ignore file that lies in the folder `base`."""
    patterns = [parse_pattern(line, base) for line in text.split("\n")]
    return tuple([pattern for pattern in patterns if pattern is not None])


def is_ignored(path: str, is_folder: bool, patterns: Sequence[Pattern]) -> bool:
    """Tell whether the last pattern that matches a path leaves it out; folders above it are not looked at."""
    for pattern in reversed(patterns):
        if pattern.matches(path, is_folder):
            return not pattern.negated
    return False


def _without_trailing_blanks(line: str) -> str:
    """Drop blanks at the end, unless a backslash keeps them."""
    end = len(line)
    while end > 0 and line[end - 1] == " ":
        backslashes = 0
        while backslashes < end - 1 and line[end - 2 - backslashes] == "\\":
            backslashes += 1
        if backslashes % 2:
            break
        end -= 1
    return line[:end]


def _match_path(patterns: Sequence[str], names: Sequence[str]) -> bool:
    """Match whole segments; `**` stands for any number of them, at the end for at least one."""
    at_pattern = at_name = 0
    star = star_name = -1
    while at_name < len(names):
        if at_pattern < len(patterns) and patterns[at_pattern] == "**":
            if at_pattern == len(patterns) - 1:
                return True
            star, star_name = at_pattern, at_name
            at_pattern += 1
        elif at_pattern < len(patterns) and match_segment(patterns[at_pattern], names[at_name]):
            at_pattern += 1
            at_name += 1
        elif star >= 0:
            star_name += 1
            at_pattern, at_name = star + 1, star_name
        else:
            return False
    return at_pattern == len(patterns)


def match_segment(pattern: str, name: str) -> bool:
    """Match the name of a file or folder against a glob of `*`, `?`, `[…]` and escapes by backslash."""
    if "*" not in pattern and "?" not in pattern and "[" not in pattern and "\\" not in pattern:
        return pattern == name
    if pattern[0] == "*" and not any(character in pattern[1:] for character in "*?[\\"):
        return name.endswith(pattern[1:])
    at_pattern = at_name = 0
    star = star_name = -1
    while at_name < len(name):
        if at_pattern < len(pattern) and pattern[at_pattern] == "*":
            star, star_name = at_pattern, at_name
            at_pattern += 1
            continue
        following = _match_one(pattern, at_pattern, name[at_name]) if at_pattern < len(pattern) else -1
        if following >= 0:
            at_pattern = following
            at_name += 1
        elif star >= 0:
            star_name += 1
            at_pattern, at_name = star + 1, star_name
        else:
            return False
    while at_pattern < len(pattern) and pattern[at_pattern] == "*":
        at_pattern += 1
    return at_pattern == len(pattern)


def _match_one(pattern: str, offset: int, character: str) -> int:
    """Return the offset behind what matches one character, or -1."""
    sign = pattern[offset]
    if sign == "?":
        return offset + 1
    if sign == "[":
        return _match_class(pattern, offset + 1, character)
    if sign == "\\":
        if offset + 1 >= len(pattern):
            return -1
        offset += 1
        sign = pattern[offset]
    return offset + 1 if sign == character else -1


def _match_class(pattern: str, offset: int, character: str) -> int:
    """Match `[a-z]`, `[!a-z]`, `[[:digit:]]`; a class without an end matches nothing, as in git."""
    negated = pattern[offset : offset + 1] in ("!", "^")
    offset += negated
    matched = False
    first = True
    while True:
        sign = pattern[offset : offset + 1]
        if not sign:
            return -1
        if sign == "]" and not first:
            return offset + 1 if matched != negated else -1
        first = False
        if sign == "[" and pattern.startswith("[:", offset):
            end = pattern.find(":]", offset + 2)
            if end >= 0:
                matched = matched or _is_of_class(pattern[offset + 2 : end], character)
                offset = end + 2
                continue
        low, offset = _class_character(pattern, offset)
        if pattern[offset : offset + 1] == "-" and pattern[offset + 1 : offset + 2] not in ("]", ""):
            high, offset = _class_character(pattern, offset + 1)
            matched = matched or low <= character <= high
        else:
            matched = matched or low == character


def _class_character(pattern: str, offset: int) -> tuple[str, int]:
    if pattern[offset] == "\\" and offset + 1 < len(pattern):
        offset += 1
    return pattern[offset], offset + 1


def _is_of_class(name: str, character: str) -> bool:
    if name == "alpha":
        return character.isalpha()
    if name == "digit":
        return character.isdigit()
    if name == "alnum":
        return character.isalnum()
    if name == "upper":
        return character.isupper()
    if name == "lower":
        return character.islower()
    if name in ("space", "blank"):
        return character.isspace()
    if name == "punct":
        return character.isprintable() and not character.isalnum() and not character.isspace()
    return name == "xdigit" and character in "0123456789abcdefABCDEF"
