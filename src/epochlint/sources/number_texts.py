"""Telling quickly whether a YAML file may hold a number that YAML 1.1 reads as a text: `1e-4`."""

from __future__ import annotations

_SAME = bytes.maketrans(b"123456789E+", b"000000000e-")  # any digit is a 0, any exponent e, any sign -
_WORDS = (b"epoch", b"train", b"batch", b"learning", b"lr", b"optim", b"warmup")


def may_hold_number_text(data: bytes) -> bool:
    """Tell whether a file about training has digits around an `e`; most have not, and need not be parsed for this."""
    same = data.translate(_SAME)
    return (b"0e0" in same or b"0e-0" in same) and any(word in data for word in _WORDS)


# Words of a configuration that other files complete: what it says about training may be in them.
_INHERITING = (b"_BASE_", b"_base_", b"base_config", b"defaults:", b"__base__")


def may_inherit(data: bytes) -> bool:
    """Tell whether a file may be built on others, by the words in it."""
    return any(word in data for word in _INHERITING)
