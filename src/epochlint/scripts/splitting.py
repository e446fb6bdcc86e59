"""Splitting a data set into parts: lengths, or shares whose rests go to the first parts, one each."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known
from epochlint.scripts.containers import Sequence
from epochlint.scripts.properties import property_of
from epochlint.scripts.things import Datum, Object, Opaque, Passed, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site


def split(machine: Machine, whole: Datum | None, lengths: Datum | None, types: tuple[str, ...], site: Site) -> Datum:
    """Return the parts of a data set as a list of objects.

    Each has its `length`, which `part` it is (from 0), the `lengths` as they were asked for, and as `next_length` the
    length of the part after it.
    """
    if whole is None or not isinstance(lengths, Sequence) or not lengths.complete or not lengths.items:
        return Opaque(site)
    asked = [one if isinstance(one, Scalar) else Scalar(UNKNOWN, site) for one in lengths.items]
    sizes = _sizes(property_of(machine, whole, "length"), asked, site)
    plain = tuple(one.plain for one in asked if one.known)
    parts: list[Object] = []
    for index, size in enumerate(sizes):
        part = machine.new_object(types, site)
        part.given = (Passed("dataset", whole, site),)
        part.properties["part"] = constant(index, site)
        if len(plain) == len(asked):
            part.properties["lengths"] = constant(plain, site)
        if size is not None:
            part.properties["length"] = size
        following = sizes[index + 1] if index + 1 < len(sizes) else None
        if following is not None:
            part.properties["next_length"] = following
        parts.append(part)
    return Sequence("list", tuple(parts), site)


def _sizes(length: Datum | None, asked: list[Scalar], site: Site) -> list[Scalar | None]:
    """Return the length of each part, None where it cannot be told."""
    plain = [one.plain for one in asked]
    if all(isinstance(one, int) and not isinstance(one, bool) for one in plain) and not _are_shares(plain):
        return list(asked)
    total = length.plain if isinstance(length, Scalar) else None
    if not _are_shares(plain):
        # Numbers that are not all known are taken as lengths if one of them is plainly no share.
        lengths = any(isinstance(one, int) and one > 1 for one in plain) or not any(one.known for one in asked)
        return [one if lengths or isinstance(one.plain, int) else None for one in asked]
    if type(total) is not int:
        return [None for _ in asked]
    import math

    sizes = [math.floor(total * share) for share in plain]  # type: ignore[operator,arg-type]
    for index in range(total - sum(sizes)):
        sizes[index % len(sizes)] += 1
    return [Scalar(Known(size), site, "computed", None, "int") for size in sizes]


def _are_shares(plain: list[Any]) -> bool:
    numbers = [one for one in plain if isinstance(one, int | float)]
    return len(numbers) == len(plain) and abs(sum(numbers) - 1) < 1e-9
