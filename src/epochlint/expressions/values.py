"""What a number can be: known, one of a few, symbolic, or unknown.

Every quantity, option and fact is one of these four. Nothing is ever guessed: what the files do not tell stays a symbol
with bounds (`world_size`, a whole number of at least 1), so that formulas over it still give bounds, and rules may
fire on what holds for every value it could have.
"""

from __future__ import annotations

from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.expressions.algebra import Term

Scalar: TypeAlias = "int | float | bool | str | tuple[Scalar, ...] | None"


@record
class Known:
    """A value as Python would have it: int exact, float an IEEE double, `1` and `1.0` of two kinds, lists as tuples."""

    value: Scalar


@record
class Alternative:
    value: Scalar
    when: str = ""


@record
class OneOf:
    """One of a few known values: branches of a conditional, points of a sweep, releases of a library."""

    alternatives: tuple[Alternative, ...]


@record
class Symbolic:
    """An expression over symbols whose values are not known, in the normal form of `algebra`."""

    term: Term


@record
class Unknown:
    """Nothing is known. `missing` names what would settle it, `reason` says why in words for a person."""

    reason: str = ""
    missing: tuple[str, ...] = ()


Value: TypeAlias = "Known | OneOf | Symbolic | Unknown"

UNKNOWN = Unknown()
TRUE = Known(True)
FALSE = Known(False)
NONE = Known(None)
