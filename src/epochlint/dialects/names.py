"""Matching dotted names of calls and classes against the catalogue's."""

from __future__ import annotations


def same_name(found: str, wanted: str) -> bool:
    """Tell whether two dotted names mean the same thing of a library.

    The root package and the last part must agree (for a method `package.Class.method`, the last two); what stands
    between differs between releases, because libraries re-export. A name without a package (`EarlyStopping` in a
    configuration) agrees with any package's.
    """
    have, want = found.split("."), wanted.split(".")
    if have[-1] != want[-1]:
        return False
    return len(have) == 1 or have[0] == want[0]


def same_method(found: str, wanted: str) -> bool:
    """Tell whether `package.Class.method` is meant: the root package, the class and the method must agree."""
    have, want = found.split("."), wanted.split(".")
    return len(have) > 2 and have[-2:] == want[-2:] and have[0] == want[0]


def is_any_of(types: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(same_name(found, name) for found in types for name in wanted)
