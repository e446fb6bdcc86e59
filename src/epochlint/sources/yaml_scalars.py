"""What a YAML scalar means: YAML 1.1 as PyYAML's safe loader reads it.

That is what nearly every training framework sees: `1e-4` is a text, `1_000` is 1000, `1:30` is 90, `017` is 15, `on` is
true. Dates stay texts.
"""

from __future__ import annotations

from epochlint.sources.guards import LONGEST_NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.sources.documents import Plain

_STANDARD = "tag:yaml.org,2002:"
_INT, _FLOAT = _STANDARD + "int", _STANDARD + "float"

_TRUE = ("yes", "true", "on")
_FALSE = ("no", "false", "off")
_WORDS: dict[str, Plain] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
for _words, _truth in ((_TRUE, True), (_FALSE, False)):
    for _word in _words:
        _WORDS.update({_word: _truth, _word.capitalize(): _truth, _word.upper(): _truth})

_NUMBER_STARTS = frozenset("-+.0123456789")
_IN_NUMBERS = "0123456789abcdefABCDEFx_.:+-"  # no number of YAML 1.1 but infinity and NaN has any other character


def plain_value(text: str) -> Plain:
    """Return the value of a scalar without quotes and without a tag."""
    first = text[:1]
    if first not in _NUMBER_STARTS:
        return _WORDS.get(text, text)
    if len(text) > LONGEST_NUMBER:
        return text
    found = _simple_number(text)
    if found is not None:
        return found
    for tag, matches in _patterns(first):
        if matches(text):
            value = number(text, tag == _FLOAT)
            return text if value is None else value
    return text


def _simple_number(text: str) -> int | float | str | None:
    """Return the value of a decimal number, the text of what is none in YAML 1.1; None for what only the patterns tell.

    The patterns need an import that takes longer than reading a file.
    """
    if text.strip(_IN_NUMBERS):
        return None if text.lstrip("+-").lower() in (".inf", ".nan") else text
    digits = text[1:] if text[0] in "+-" else text
    if digits.isdecimal():
        return int(text) if digits[0] != "0" or digits == "0" else None
    whole, point, rest = digits.partition(".")
    mantissa, mark, power = (rest if point else whole).replace("E", "e").partition("e")
    sign = power[:1] in ("+", "-")
    if mark and not (power[1:] if sign else power).isdecimal():
        return None
    if point and whole.isdecimal() and (not mantissa or mantissa.isdecimal()):
        return float(text) if sign or not mark else text
    return text if mark and not point and mantissa.isdecimal() else None


_known_patterns: dict[str, tuple[tuple[str, Callable[[str], Any]], ...]] = {}


def _patterns(first: str) -> tuple[tuple[str, Callable[[str], Any]], ...]:
    """Return PyYAML's own patterns for a first character: numbers are read as the installed release does."""
    if not _known_patterns:
        from yaml.resolver import Resolver

        for start in _NUMBER_STARTS:
            resolvers = Resolver.yaml_implicit_resolvers[start]
            _known_patterns[start] = tuple((tag, one.match) for tag, one in resolvers if tag in (_INT, _FLOAT))
    return _known_patterns[first]


def tagged_value(text: str, tag: str) -> Plain:
    """Return the value of a scalar with an explicit tag; the text itself where the tag is unknown or does not fit."""
    kind = tag.removeprefix("!!")
    if kind == "null":
        return None
    if kind == "bool":
        lowered = text.lower()
        return True if lowered in _TRUE else False if lowered in _FALSE else text
    if kind in ("int", "float") and len(text) <= LONGEST_NUMBER:
        value = number(text, kind == "float")
        return text if value is None else value
    return text


def short_tag(tag: str) -> str:
    """Write a tag as people do: `!!float` for the standard ones, others as they are."""
    return "!!" + tag[len(_STANDARD) :] if tag.startswith(_STANDARD) else tag


def number(text: str, is_float: bool) -> int | float | None:
    """Convert a text to a number as PyYAML's constructors do, or return None where they would fail."""
    try:
        return _float(text) if is_float else _int(text)
    except (ValueError, OverflowError):
        return None


def _int(text: str) -> int:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    if digits[:1] in ("+", "-"):
        digits = digits[1:]
    if digits == "0":
        return 0
    if digits.startswith("0b"):
        return sign * int(digits[2:], 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:], 16)
    if digits.startswith("0"):
        return sign * int(digits, 8)
    if ":" in digits:
        value = 0
        for part in digits.split(":"):
            value = value * 60 + int(part)
        return sign * value
    return sign * int(digits)


def _float(text: str) -> float:
    digits = text.replace("_", "").lower()
    sign = -1.0 if digits.startswith("-") else 1.0
    if digits[:1] in ("+", "-"):
        digits = digits[1:]
    if digits == ".inf":
        return sign * float("inf")
    if digits == ".nan":
        return float("nan")
    if ":" in digits:
        total, base = 0.0, 1
        for part in reversed(digits.split(":")):  # in PyYAML's order: the last bit depends on it
            total += float(part) * base
            base *= 60
        return sign * total
    return sign * float(digits)
