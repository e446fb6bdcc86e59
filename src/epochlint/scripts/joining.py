"""Joining what the sides of a branch leave behind: both values are kept, with the condition that decides."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Alternative, Known, OneOf, Symbolic, Value
from epochlint.scripts.containers import MORE, Content, Entries, Mapping, Sequence
from epochlint.scripts.operators import alternatives, both, either, is_counter, kind_of, linear, one_of
from epochlint.scripts.things import Choice, Datum, Opaque, Scalar, unknown_scalar
from epochlint.scripts.trail import ABSENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Slots

MOST_CHOICES = 6


def join_slot(slots: Slots, values: list[Any], whens: list[str], site: Site, key: Any = None) -> Any:
    """Return the join of what several sides left in one slot; a variable that one side does not set keeps the others'
    value."""
    present = [(when, value) for when, value in zip(whens, values, strict=True) if value is not ABSENT]
    if not present:
        return ABSENT
    first = present[0][1]
    if isinstance(first, bool):
        return any(value for _, value in present)
    if isinstance(first, Content):
        return join_contents([value for _, value in present], [when for when, _ in present], site)
    if len(present) < len(values) and isinstance(slots, Entries):
        missing = Opaque(first.site, f"only if {present[0][0]}")
        missing.maybe = (present[0][0], first) if len(present) == 1 else None
        return missing
    joined = join(present, site)
    if isinstance(joined, Choice | Opaque) and not joined.name and isinstance(key, str):
        joined.name = key
    return joined


def join_contents(contents: list[Content], whens: list[str], site: Site) -> Content:
    """Return the join of two states of a list: the common beginning, with more to come if they differ in length."""
    shortest = min(len(content.items) for content in contents)
    complete = all(content.complete and len(content.items) == shortest for content in contents)
    items = [
        join([(when, content.items[position]) for when, content in zip(whens, contents, strict=True)], site)
        for position in range(shortest)
    ]
    return Content(tuple(items), complete)


def join(sides: list[tuple[str, Datum]], site: Site) -> Datum:
    """Return the join of a few things, each with the condition under which it is the one."""
    flat = _flattened(sides)
    first = flat[0][1]
    if all(value is first for _, value in flat):
        return first
    if all(isinstance(value, Scalar) for _, value in flat):
        return _join_scalars(flat, site)  # type: ignore[arg-type]
    if all(isinstance(value, Sequence) and value.kind == "tuple" and value.complete for _, value in flat):
        joined = _join_tuples(flat, site)  # type: ignore[arg-type]
        if joined is not None:
            return joined
    distinct = _distinct(flat)
    if len(distinct) > MOST_CHOICES or any(isinstance(value, Opaque) for _, value in distinct):
        return own_unknown(site, "it depends on a condition")
    return Choice(distinct, site)


def own_unknown(site: Site, reason: str, name: str = "") -> Opaque:
    """Return something unknown that may be an object of the repository's."""
    made = Opaque(site, reason, name)
    made.own = True
    return made


def _distinct(sides: list[tuple[str, Datum]]) -> tuple[tuple[str, Datum], ...]:
    """Return each thing once, with all the conditions under which it is the one."""
    found: dict[int, tuple[str, Datum]] = {}
    for when, value in sides:
        if id(value) in found:
            when = either(found[id(value)][0], when)
        found[id(value)] = (when, value)
    return tuple(found.values())


def _flattened(sides: list[tuple[str, Datum]]) -> list[tuple[str, Datum]]:
    flat: list[tuple[str, Datum]] = []
    for when, value in sides:
        if isinstance(value, Choice):
            possible = [(both(when, also), one) for also, one in value.alternatives]
            flat.extend((condition, one) for condition, one in possible if condition is not None)
        elif isinstance(value, Opaque) and value.maybe is not None and both(when, value.maybe[0]) == when != "":
            flat.append((when, value.maybe[1]))  # under this condition it is there
        else:
            flat.append((when, value))
    return flat or sides


def same_value(left: Value, right: Value) -> bool:
    if isinstance(left, Known) and isinstance(right, Known):
        return type(left.value) is type(right.value) and left.value == right.value
    return isinstance(left, Symbolic | OneOf) and left == right


def _join_scalars(sides: list[tuple[str, Scalar]], site: Site) -> Scalar:
    first = sides[0][1]
    if all(same_value(first.value, value.value) for _, value in sides):
        return next((value for _, value in sides if value.site is not None), first)
    kinds = {kind_of(value) for _, value in sides}
    kind = kinds.pop() if len(kinds) == 1 else ""
    joined: Value = UNKNOWN
    if all(isinstance(value.value, Known | OneOf) for _, value in sides):
        joined = one_of(
            tuple(
                Alternative(one.value, condition)
                for when, value in sides
                for one, also in alternatives(value.value)
                if (condition := both(when, also)) is not None and isinstance(one, Known)
            )
        )
    origins = {value.origin for _, value in sides}
    bases = {_counter_key(linear(value)[0]) for _, value in sides}
    result = unknown_scalar(next((value.site for _, value in sides if value.site is not None), site), kind)
    result.value = joined
    result.origin = origins.pop() if len(origins) == 1 else "computed"
    result.overridable = any(value.overridable for _, value in sides)
    if len(bases) == 1 and is_counter(base := linear(first)[0]) and isinstance(base, Scalar):
        result.made, result.label = base.made, base.label  # it is still that counter, counted up or not
    return result


def _counter_key(base: Datum) -> int:
    """Return what is the same for the values of one counter."""
    if isinstance(base, Scalar) and base.made is not None and is_counter(base):
        return id(base.made[1])
    return id(base)


def _join_tuples(sides: list[tuple[str, Sequence]], site: Site) -> Datum | None:
    lengths = {len(value.items) for _, value in sides}
    if len(lengths) != 1:
        return None
    items = [join([(when, value.items[position]) for when, value in sides], site) for position in range(lengths.pop())]
    return Sequence("tuple", tuple(items), site)


def merged(choice: Choice) -> Mapping | None:
    """Return one of a few mappings as one mapping, entry by entry; None if not all of them are mappings."""
    sides = [(when, value) for when, value in choice.alternatives if isinstance(value, Mapping)]
    if len(sides) < len(choice.alternatives):
        return None
    whole = Mapping({}, next((value.site for _, value in sides if value.site is not None), choice.site))
    whens = [when for when, _ in sides]
    for key in dict.fromkeys(key for _, value in sides for key in value.entries):
        values = [value.slots.get(key, ABSENT) for _, value in sides]
        whole.slots[key] = join_slot(whole.slots, values, whens, choice.site)
        whole.key_sites[key] = next((value.key_sites[key] for _, value in sides if key in value.key_sites), None)
    if not all(value.complete for _, value in sides):
        whole.slots[MORE] = True
    return whole
