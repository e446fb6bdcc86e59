"""Arrays and tensors: what becomes of a known shape. Which calls make arrays is told by the APIs' data."""

from __future__ import annotations

from epochlint.expressions.values import Known
from epochlint.scripts.containers import Sequence, Slice
from epochlint.scripts.cuts import cut
from epochlint.scripts.operators import binary as scalar_binary
from epochlint.scripts.properties import length_of, numbers_in, property_of
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.symbolic import is_count
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

ATTRIBUTES = frozenset(("shape", "T", "ndim", "size", "mT"))
# Methods that leave the shape as it is.
SAME_SHAPE = frozenset(
    (
        "abs", "astype", "bfloat16", "bool", "clip", "clamp", "clone", "contiguous", "copy", "cpu", "cuda",
        "detach", "double", "exp", "fillna", "float", "half", "int", "log", "long", "normal_", "numpy",
        "pin_memory", "relu", "requires_grad_", "round", "sigmoid", "softmax", "sqrt", "tanh", "to", "type",
        "uniform_", "zero_", "fill_", "block_until_ready",
    )
)  # fmt: skip
REDUCTIONS = frozenset(
    (
        "sum", "mean", "max", "min", "std", "var", "prod", "any", "all", "argmax", "argmin", "median", "norm",
    )
)  # fmt: skip


def shape_of(machine: Machine, thing: Datum) -> Sequence | None:
    """Return the shape of an array, None if it is no array or its shape is not known."""
    if not isinstance(thing, Object):
        return None
    shape = property_of(machine, thing, "shape")
    return shape if isinstance(shape, Sequence) and shape.complete else None


def make(machine: Machine, types: tuple[str, ...], sizes: tuple[Datum, ...], site: Site) -> Object:
    array = machine.new_object(types, site)
    array.properties["shape"] = Sequence("tuple", sizes, site)
    return array


def like(machine: Machine, thing: Datum, site: Site) -> Object | None:
    """Return another array of the same shape."""
    shape = shape_of(machine, thing)
    return make(machine, thing.types, shape.items, site) if shape is not None and isinstance(thing, Object) else None


def elementwise(machine: Machine, sign: str, left: Datum, right: Datum, site: Site) -> Datum | None:
    """Return `left sign right` where one of them is an array: an array of their common shape, if that is certain."""
    first, second = shape_of(machine, left), shape_of(machine, right)
    if first is None and second is None:
        return None
    if sign == "@":
        if first is not None and second is not None and len(first.items) == len(second.items) == 2:
            return make(machine, left.types, (first.items[0], second.items[1]), site)  # type: ignore[attr-defined]
        return Opaque(site)
    if first is not None and second is not None:
        return _broadcast(machine, left, first, right, second, site)
    array, other = (left, right) if first is not None else (right, left)
    if isinstance(other, Scalar):
        return like(machine, array, site)
    return Opaque(site)


def _broadcast(machine: Machine, left: Datum, first: Sequence, right: Datum, second: Sequence, site: Site) -> Datum:
    longer, shorter = (first, second) if len(first.items) >= len(second.items) else (second, first)
    missing = len(longer.items) - len(shorter.items)
    for one, other in zip(longer.items[missing:], shorter.items, strict=True):
        if isinstance(other, Scalar) and (other.plain == 1 or other is one):
            continue
        if not (isinstance(one, Scalar) and isinstance(other, Scalar) and one.known and one.plain == other.plain):
            return Opaque(site)
    owner = left if longer is first else right
    return make(machine, owner.types, longer.items, site)  # type: ignore[attr-defined]


def attribute(machine: Machine, owner: Object, shape: Sequence, name: str, site: Site) -> Datum | None:
    if name == "shape":
        return shape
    if name in ("T", "mT"):
        return make(machine, owner.types, tuple(reversed(shape.items)), site)
    if name == "ndim":
        return constant(len(shape.items), site)
    return None


def item(machine: Machine, owner: Object, key: Datum, site: Site) -> Datum | None:
    """Return `array[key]` for numbers and slices, None if the shape of the result is not certain."""
    shape = shape_of(machine, owner)
    if shape is None or not shape.items:
        if isinstance(key, Slice) and owner.cls is None and owner.native is None:
            return sliced_unknown(machine, owner, key, site)
        return None
    keys = key.items if isinstance(key, Sequence) and key.kind == "tuple" else (key,)
    if len(keys) > len(shape.items):
        return None
    sizes: list[Datum] = []
    for one, size in zip(keys, shape.items, strict=False):
        if isinstance(one, Slice):
            if not isinstance(size, Scalar):
                return None
            length = sliced(size, one, site)
            if length is None:
                return None
            sizes.append(length)
        elif not (isinstance(one, Scalar) and (one.kind == "int" or type(one.plain) is int)):
            return None
    return make(machine, owner.types, (*sizes, *shape.items[len(keys) :]), site)


def sliced_unknown(machine: Machine, owner: Datum, key: Slice, site: Site) -> Datum | None:
    """Return a slice of something of which at most the length is known."""
    length = sliced(length_of(machine, owner, owner.text), key, site)
    if length is None:
        return None
    types = owner.types if isinstance(owner, Object) else ()
    result = machine.new_object(types, site)
    result.properties["length"] = length
    return result


def sliced(length: Scalar, key: Slice, site: Site) -> Scalar | None:
    """Return how many elements a slice takes of so many; None if that is not certain."""
    start, stop = _whole(key.start, 0), _whole(key.stop, None)
    if key.step is not None or start is None or (key.stop is not None and stop is None):
        return None
    if isinstance(length.plain, int) and start.known and (stop is None or stop.known):
        whole: Any = slice(start.plain, None if stop is None else stop.plain)
        return constant(numbers_in(range(length.plain)[whole]), site)
    if not is_count(start.value) or (stop is not None and not is_count(stop.value)):
        if stop is not None or not isinstance(start.plain, int):
            return None
        return Scalar(call_function("min", (length.value, Known(-start.plain))), site, "computed", None, "int")
    end = length if stop is None else minimum(length, stop, site)
    if start.plain == 0:
        return end
    rest = scalar_binary("-", end, start, site)
    value = call_function("max", (Known(0), rest.value))
    made = cut(length, start, stop, site) if stop is not None and not start.known else None
    return Scalar(value, site, "computed", made or ("max", (constant(0, site), rest)), "int")


def minimum(left: Scalar, right: Scalar, site: Site) -> Scalar:
    result = Scalar(call_function("min", (left.value, right.value)), site, "computed", ("min", (left, right)), "int")
    result.overridable = left.overridable or right.overridable
    return result


def _whole(part: Datum | None, default: int | None) -> Scalar | None:
    if part is None:
        return constant(default, None) if default is not None else None
    if isinstance(part, Scalar) and (type(part.plain) is int or (not part.known and part.kind in ("int", ""))):
        return part
    return constant(default, None) if isinstance(part, Scalar) and part.known and part.plain is None else None


def method(machine: Machine, owner: Object, name: str, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a method of an array gives, if its shape is certain."""
    shape = shape_of(machine, owner)
    if shape is None:
        return None
    if name in SAME_SHAPE:
        return like(machine, owner, site)
    if name in ("reshape", "view"):
        return _reshaped(machine, owner, shape, arguments, site)
    if name in REDUCTIONS:
        return _reduced(machine, owner, shape, arguments, site)
    if name in ("size", "dim") and not arguments.positional and not arguments.named:
        return shape if name == "size" else constant(len(shape.items), site)
    if name == "size":
        index = arguments.get(0, "dim")
        at = index.plain if isinstance(index, Scalar) else None
        return shape.items[at] if isinstance(at, int) and -len(shape.items) <= at < len(shape.items) else None
    if name == "numel":
        return _product(shape.items, site)
    if name == "unsqueeze":
        index = arguments.get(0, "dim")
        if isinstance(index, Scalar) and isinstance(index.plain, int) and 0 <= index.plain <= len(shape.items):
            at = index.plain
            return make(machine, owner.types, (*shape.items[:at], constant(1, site), *shape.items[at:]), site)
    return None


def _reshaped(machine: Machine, owner: Object, shape: Sequence, arguments: Arguments, site: Site) -> Datum | None:
    sizes = tuple(arguments.positional)
    if len(sizes) == 1 and isinstance(sizes[0], Sequence):
        sizes = sizes[0].items
    if arguments.named or not sizes:
        return None
    free = [index for index, size in enumerate(sizes) if isinstance(size, Scalar) and size.plain == -1]
    if free:
        total, rest = _product(shape.items, site), _product(tuple(s for i, s in enumerate(sizes) if i != free[0]), site)
        if len(free) > 1 or not total.known or not rest.known or not rest.plain:
            missing: Datum = Opaque(site)
        else:
            missing = constant(total.plain // rest.plain, site)  # type: ignore[operator]
        sizes = tuple(missing if index == free[0] else size for index, size in enumerate(sizes))
    return make(machine, owner.types, sizes, site)


def _product(sizes: tuple[Datum, ...], site: Site) -> Scalar:
    total = constant(1, site)
    for size in sizes:
        total = scalar_binary("*", total, size if isinstance(size, Scalar) else Scalar(Known(None), site), site)
    return total


def _reduced(machine: Machine, owner: Object, shape: Sequence, arguments: Arguments, site: Site) -> Datum | None:
    axis = arguments.named.get("axis") or arguments.named.get("dim") or arguments.get(0, "axis")
    if axis is None:
        return Opaque(site)
    if (
        not isinstance(axis, Scalar)
        or type(axis.plain) is not int
        or not -len(shape.items) <= axis.plain < len(shape.items)
    ):
        return None
    keeps = arguments.named.get("keepdim") or arguments.named.get("keepdims")
    sizes = list(shape.items)
    if isinstance(keeps, Scalar) and keeps.plain is True:
        sizes[axis.plain] = constant(1, site)
    elif keeps is None or (isinstance(keeps, Scalar) and keeps.plain is False):
        del sizes[axis.plain]
    else:
        return None
    return make(machine, owner.types, tuple(sizes), site)


_ = Choice
