"""Numbers that cannot be meant: a float where a count is needed, a `ceil` of what is whole already, quotients."""

from __future__ import annotations

from epochlint.expressions.values import Known, Value
from epochlint.scripts.counts import branches_of
from epochlint.scripts.facts import Observation
from epochlint.scripts.operators import kind_of
from epochlint.scripts.origins import factors
from epochlint.scripts.sites import place_of
from epochlint.scripts.wording import is_about_sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.places import Place
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Operation
    from epochlint.scripts.things import Scalar


def arguments(machine: Machine) -> Iterator[Observation]:
    """Yield each argument of `range` that is no whole number, or becomes a text once a command line gives it."""
    for operations in _by_place(machine, "range"):
        for index, number in enumerate(operations[0].operands):
            alike = [one.operands[index] for one in operations if len(one.operands) > index]
            kinds = {kind_of(one) for one in alike}
            option = _option_behind(machine, number)
            if len(kinds) != 1 or len(alike) != len(operations):
                continue
            place = place_of(operations[0].site)
            if place is None:
                continue
            values: dict[str, Value] = {
                "python_type": Known(kinds.pop()),
                "function": Known("range"),
                "number": number.value,
                "overridable": Known(any(one.overridable for one in alike)),
                "converts": Known(option.kind if option is not None else ""),
                "from_option": Known(option is not None),
                "flag": Known(option.flags[-1] if option is not None and option.flags else ""),
            }
            made_at = _first_float(number)
            places = {"argument": place, "made": made_at, "option": _option_place(option)}
            yield _observation("argument", place, values, places, (("number", number.label or number.text),))


def _first_float(scalar: Any, depth: int = 0) -> Place | None:
    """Return the place where a number became a float: the last step all of whose operands are none, or the float."""
    from epochlint.scripts.things import Scalar

    if not isinstance(scalar, Scalar) or depth > 20:
        return None
    for part in scalar.made[1:] if scalar.made is not None else ():
        if isinstance(part, Scalar) and kind_of(part) == "float":
            return _first_float(part, depth + 1)
    return scalar.place


def _option_behind(machine: Machine, number: Scalar) -> Any:
    """Return the option of a parser that a number is, or is made of by sums and differences with plain numbers."""
    if number.key in machine.options:
        return machine.options[number.key]
    if number.made is None or number.made[0] not in ("+", "-"):
        return None
    found = [machine.options[part.key] for part in number.made[1:] if part.key in machine.options]
    return found[0] if len(found) == 1 else None


def _option_place(option: Any) -> Place | None:
    return place_of(option.site) if option is not None else None


def roundings(machine: Machine) -> Iterator[Observation]:
    """Yield each `ceil` of a floor division: it has nothing left to round up."""
    for operations in _by_place(machine, "ceil"):
        top, bottom = operations[0].operands
        place = place_of(operations[0].site)
        whole = all(kind_of(one) == "int" for one in (top, bottom))
        if place is None:
            continue
        exact = all(_divides(one) for one in operations)
        values: dict[str, Value] = {
            "function": Known("ceil"), "top": top.value, "bottom": bottom.value, "whole": Known(whole),
            "exact": Known(exact),
        }  # fmt: skip
        result = operations[0].result
        if result is not None:
            values["result"] = result.value
        texts = (("top", _factor_text(top)), ("bottom", _factor_text(bottom)))
        yield _observation("rounding", place, values, {"call": place}, texts)


def _factor_text(scalar: Scalar) -> str:
    """Return the text of a number as it may stand beside a sign of division."""
    text = scalar.label or scalar.text
    return f"({text})" if scalar.made is not None and scalar.made[0] in ("+", "-", "*", "/", "//", "%") else text


def _divides(operation: Operation) -> bool:
    top, bottom = (one.plain for one in operation.operands)
    return isinstance(top, int) and isinstance(bottom, int) and bottom != 0 and top % bottom == 0


def divisions(machine: Machine) -> Iterator[Observation]:
    """Yield each quotient or remainder by zero, and each whose one side is multiplied by what divides the other."""
    for sign in ("//", "%"):
        for operations in _by_place(machine, sign):
            top, bottom = operations[0].operands
            place = place_of(operations[0].site)
            zero = all(one.operands[1].plain == 0 and one.operands[1].known for one in operations)
            twice = _twice(top, bottom)
            if place is None or not (zero or twice is not None):
                continue
            values: dict[str, Value] = {
                "sign": Known(sign),
                "zero": Known(zero),
                "rounded_down": Known(zero and all(_is_rounded_to_zero(one.operands[1]) for one in operations)),
                "conditional": Known(any(branches_of(one.frames) for one in operations)),
                "twice": Known(twice is not None),
                "overridable": Known(bottom.overridable),
            }
            texts = [("top", top.label or top.text), ("bottom", bottom.label or bottom.text)]
            if twice is not None:
                values["factor"] = twice.value
                texts.append(("factor", twice.label or twice.text))
            places = {"division": place, "top": _made_at(top), "bottom": _made_at(bottom)}
            yield _observation("division", place, values, places, tuple(texts))


def _is_rounded_to_zero(scalar: Any, depth: int = 0) -> bool:
    """Tell whether a zero comes from a floor division of a smaller number by a larger one."""
    made = getattr(scalar, "made", None)
    if made is None or depth > 20:
        return False
    if made[0] == "//":
        top, bottom = made[1].plain, made[2].plain
        if isinstance(top, int | float) and isinstance(bottom, int | float) and 0 < top < bottom:
            return True
    parts = [part for part in made[1:] if getattr(part, "plain", None) == 0]
    return any(_is_rounded_to_zero(part, depth + 1) for part in parts)


def _made_at(scalar: Scalar) -> Place | None:
    return scalar.place


def _twice(top: Scalar, bottom: Scalar) -> Scalar | None:
    """Return the size that the upper side of a division is multiplied by while the lower is divided by it."""
    above = factors(top)
    if not above:
        return None
    below = factors(bottom)
    for key, (power, scalar) in above.items():
        other = below.get(key, (0, scalar))[0]
        if power > 0 > other and is_about_sizes(scalar.label or scalar.text) and scalar.plain != 1:
            return scalar
    return None


def _by_place(machine: Machine, kind: str) -> Iterator[list[Operation]]:
    """Yield the operations of a kind that may happen, those at the same place together."""
    found: dict[Place, list[Operation]] = {}
    for operation in machine.recorder.operations:
        place = place_of(operation.site)
        if operation.kind != kind or place is None:
            continue
        if any(branch.held is False for branch in branches_of(operation.frames)):
            continue
        found.setdefault(place, []).append(operation)
    yield from found.values()


def _observation(
    about: str,
    place: Place,
    values: dict[str, Value],
    places: dict[str, Place | None],
    texts: tuple[tuple[str, str], ...],
) -> Observation:
    known = tuple((name, one) for name, one in places.items() if one is not None)
    return Observation(about, place, tuple(values.items()), known, texts)
