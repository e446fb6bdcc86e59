"""Binary operators on things of any sort: numbers, lists, dicts, paths, arrays."""

from __future__ import annotations

from epochlint.scripts import arrays
from epochlint.scripts.containers import MORE, Mapping, Sequence
from epochlint.scripts.files import join_path
from epochlint.scripts.joining import join, merged
from epochlint.scripts.operators import binary as scalar_binary
from epochlint.scripts.operators import kind_of
from epochlint.scripts.things import Choice, Datum, Opaque, Scalar, constant, unknown_scalar
from epochlint.scripts.truths import as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

# Lists that are repeated to more elements than this are known by their length only.
MOST_REPEATED = 1_000


def binary(machine: Machine, sign: str, left: Datum, right: Datum, site: Site) -> Datum:
    """Return `left sign right` for things of any sort."""
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return _of_numbers(machine, sign, left, right, site)
    if isinstance(left, Choice):
        return join([(when, binary(machine, sign, one, right, site)) for when, one in left.alternatives], site)
    if isinstance(right, Choice):
        return join([(when, binary(machine, sign, left, one, site)) for when, one in right.alternatives], site)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and sign == "+":
        return Sequence(left.kind, left.items + right.items, site, left.complete and right.complete)
    if isinstance(left, Mapping) and isinstance(right, Mapping) and sign == "|":
        made = Mapping({}, site)
        merge(made, left)
        merge(made, right)
        return made
    if sign == "*" and (isinstance(left, Sequence) or isinstance(right, Sequence)):
        return _repeated(machine, left, right, site)
    if isinstance(left, Scalar) and kind_of(left) == "str":
        return unknown_scalar(site, "str" if sign in "+%" else "")
    path = join_path(machine, sign, left, right, site)
    if path is not None:
        return path
    array = arrays.elementwise(machine, sign, left, right, site)
    if array is not None:
        return array
    one, other = as_number(machine, left), as_number(machine, right)
    if one is None or other is None:
        return Opaque(site)
    return _of_numbers(machine, sign, one, other, site)


def _of_numbers(machine: Machine, sign: str, left: Scalar, right: Scalar, site: Site) -> Scalar:
    result = scalar_binary(sign, left, right, site)
    if machine.watched is not None:
        machine.watched.append((sign, left, right))
    if sign in ("//", "%") and kind_of(left) != "str":
        machine.note_operation(sign, site, (left, right), result)
    return result


def _repeated(machine: Machine, left: Datum, right: Datum, site: Site) -> Datum:
    items, times = (left, right) if isinstance(left, Sequence) else (right, left)
    number = as_number(machine, times)
    if not isinstance(items, Sequence) or number is None:
        return Opaque(site)
    if items.complete and isinstance(number.plain, int) and len(items.items) * number.plain <= MOST_REPEATED:
        return Sequence(items.kind, items.items * max(0, number.plain), site)
    if not items.complete:
        return Opaque(site, kind=items.kind)
    result = Opaque(site, kind=items.kind)
    result.properties["length"] = scalar_binary("*", constant(len(items.items), site), number, site)
    return result


def merge(target: Mapping, other: Datum) -> None:
    """Add the entries of another mapping to a new one; what is no known mapping leaves it open."""
    if isinstance(other, Choice):
        other = merged(other) or other
    if isinstance(other, Mapping):
        for key, value in other.entries.items():
            target.slots[key] = value
            target.key_sites[key] = other.key_sites.get(key)
        if not other.complete:
            target.slots[MORE] = True
    else:
        target.slots[MORE] = True
