"""Functions that compute numbers: `len`, `int`, `round`, `min`, `sum`, `math.ceil` and others."""

from __future__ import annotations

from epochlint.expressions.values import FALSE, TRUE, UNKNOWN, Alternative, Known, OneOf, Value
from epochlint.scripts import files
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.binary import binary
from epochlint.scripts.containers import Range, Sequence
from epochlint.scripts.iterating import pass_over
from epochlint.scripts.operators import kind_of, known, one_of
from epochlint.scripts.properties import length_of
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Datum, Opaque, Scalar, constant, unknown_scalar
from epochlint.scripts.truths import as_number, truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

    Native = Callable[[Machine, Arguments, Site], Datum | None]


def only(arguments: Arguments) -> Datum | None:
    return arguments.positional[0] if len(arguments.positional) == 1 and not arguments.named else None


def _len(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = only(arguments)
    if thing is None:
        return None
    inner = arguments.positional_sites[0]
    text = inner[0].text(inner[1]) if isinstance(inner, tuple) else thing.text
    length = length_of(machine, thing, text)
    length.site, length.kind = site, length.kind or "int"
    return length


def _rounded(function: str) -> Native:
    """Make `int`, `math.ceil` and the like: exact on known numbers, symbolic on others."""

    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        thing = only(arguments)
        if thing is None:
            return constant(0, site) if function == "int" and not arguments.positional else unknown_scalar(site, "int")
        number = as_number(machine, thing)
        if number is None:
            return unknown_scalar(site, "int" if function != "abs" else "")
        kind = kind_of(number) if function == "abs" else "int"
        result = Scalar(_apply(function, number.value), site, "computed", (function, number), kind)
        whole = _without_conversion(number)
        if function == "ceil" and whole.made is not None and whole.made[0] == "//":
            machine.note_operation(function, site, whole.made[1:3], result)
        return _inherit(result, number)

    return apply


def _rounded_to_float(function: str) -> Native:
    """Make `numpy.ceil` and the like for single numbers: what they give is a float. Of arrays they tell nothing."""
    whole = _rounded(function)

    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        if not isinstance(only(arguments), Scalar):
            return None
        result = whole(machine, arguments, site)
        if isinstance(result, Scalar):
            result.kind = "float"
            if isinstance(result.value, Known) and isinstance(result.value.value, int):
                result.value = Known(float(result.value.value))
        return result

    return apply


def _without_conversion(number: Scalar) -> Scalar:
    """Return what a number was before `int` or `float`, which leave a whole number as it is."""
    while number.made is not None and number.made[0] in ("int", "float") and isinstance(number.made[1], Scalar):
        number = number.made[1]
    return number


def _apply(function: str, value: Value) -> Value:
    if isinstance(value, Known) and isinstance(value.value, str):
        if function != "int" or len(value.value) > 100:
            return UNKNOWN
        try:
            return Known(int(value.value))
        except ValueError:
            return UNKNOWN
    if isinstance(value, OneOf) and any(isinstance(one.value, str) for one in value.alternatives):
        found = [(_apply(function, Known(one.value)), one.when) for one in value.alternatives]
        if all(isinstance(one, Known) for one, _ in found):
            return one_of(tuple(Alternative(one.value, when) for one, when in found if isinstance(one, Known)))
        return UNKNOWN
    return call_function(function, (value,))


def _inherit(result: Scalar, *operands: Scalar) -> Scalar:
    result.overridable = any(operand.overridable for operand in operands)
    return result


def _float(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = only(arguments)
    number = as_number(machine, thing) if thing is not None else None
    if number is None:
        return unknown_scalar(site, "float")
    value: Value = number.value
    if isinstance(value, Known):
        try:
            value = Known(float(value.value))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            value = UNKNOWN
    elif isinstance(value, OneOf):
        try:
            value = one_of(tuple(Alternative(float(one.value), one.when) for one in value.alternatives))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            value = UNKNOWN
    return _inherit(Scalar(value, site, "computed", ("float", number), "float"), number)


def _str(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = only(arguments)
    if isinstance(thing, Scalar) and thing.known:
        return _inherit(Scalar(known(str(thing.plain)), site, "computed", ("str", thing), "str"), thing)
    if isinstance(thing, files.File) and thing.path is not None:
        return constant(thing.path, site)
    return unknown_scalar(site, "str")


def _bool(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = only(arguments)
    if thing is None:
        return unknown_scalar(site, "bool")
    held = truth_of(machine, thing)
    made = ("not", Scalar(UNKNOWN, site, "computed", ("not", thing, site), "bool"), site)
    result = Scalar(UNKNOWN if held is None else TRUE if held else FALSE, site, "computed", made, "bool")
    return _inherit(result, thing) if isinstance(thing, Scalar) else result


def _round(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    if len(arguments.positional) == 1:
        return _rounded("round")(machine, arguments, site)
    numbers = [as_number(machine, one) for one in arguments.positional]
    plain: list[Any] = [number.plain for number in numbers if number is not None and number.known]
    if len(plain) == 2:
        try:
            return constant(round(plain[0], plain[1]), site)
        except (TypeError, ValueError, OverflowError):
            return unknown_scalar(site)
    return unknown_scalar(site)


def _extreme(function: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        things = arguments.positional
        if len(things) == 1:
            inner = pass_over(machine, things[0], site).known if isinstance(things[0], Sequence | Range) else None
            if inner is None:
                return unknown_scalar(site)
            things = list(inner)
        numbers = [as_number(machine, thing) for thing in things]
        if not things or "key" in arguments.named or arguments.open_positional or any(one is None for one in numbers):
            return unknown_scalar(site)
        scalars = [number for number in numbers if number is not None]
        kinds = {kind_of(number) for number in scalars}
        value = call_function(function, tuple(number.value for number in scalars))
        if len(scalars) == 1:
            value = scalars[0].value
        kind = kinds.pop() if len(kinds) == 1 else ""
        return _inherit(Scalar(value, site, "computed", (function, tuple(scalars)), kind), *scalars)

    return apply


def _sum(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = arguments.positional[0] if arguments.positional else None
    if not isinstance(thing, Sequence | Range):
        return Opaque(site)
    items = pass_over(machine, thing, site).known
    if items is None:
        return unknown_scalar(site)
    total: Datum = arguments.get(1, "start") or constant(0, site)
    for item in items:
        total = binary(machine, "+", total, item, site)
    return total


def _power(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    if len(arguments.positional) == 2:
        return binary(machine, "**", arguments.positional[0], arguments.positional[1], site)
    return unknown_scalar(site)


def _divmod(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    if len(arguments.positional) != 2:
        return None
    left, right = arguments.positional
    return Sequence("tuple", (binary(machine, "//", left, right, site), binary(machine, "%", left, right, site)), site)


def _plain_math(name: str) -> Native:
    """Make a function of `math` that is computed on known numbers only."""

    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        numbers = [as_number(machine, one) for one in arguments.positional]
        kind = "int" if name in ("gcd", "isqrt", "comb") else "float"
        scalars = [number for number in numbers if number is not None]
        if len(scalars) != len(numbers) or not all(number.known for number in scalars):
            return unknown_scalar(site, kind)
        import math

        try:
            result = known(getattr(math, name)(*[number.plain for number in scalars]))
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            return unknown_scalar(site, kind)
        return _inherit(Scalar(result, site, "computed", (name, *scalars), kind), *scalars)

    return apply


def _product(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = arguments.positional[0] if arguments.positional else None
    items = pass_over(machine, thing, site).known if isinstance(thing, Sequence | Range) else None
    if items is None:
        return unknown_scalar(site)
    total: Datum = arguments.get(1, "start") or constant(1, site)
    for item in items:
        total = binary(machine, "*", total, item, site)
    return total


TABLE: dict[str, Native] = {
    "builtins.len": _len,
    "builtins.int": _rounded("int"),
    "builtins.float": _float,
    "builtins.str": _str,
    "builtins.bool": _bool,
    "builtins.round": _round,
    "builtins.abs": _rounded("abs"),
    "builtins.min": _extreme("min"),
    "builtins.max": _extreme("max"),
    "builtins.sum": _sum,
    "builtins.pow": _power,
    "builtins.divmod": _divmod,
    "math.ceil": _rounded("ceil"),
    "numpy.ceil": _rounded_to_float("ceil"),
    "numpy.floor": _rounded_to_float("floor"),
    "math.floor": _rounded("floor"),
    "math.trunc": _rounded("int"),
    "math.fabs": _plain_math("fabs"),
    "math.prod": _product,
    **{
        f"math.{name}": _plain_math(name)
        for name in ("sqrt", "log", "log2", "log10", "exp", "cos", "sin", "gcd", "isqrt", "pow")
    },
}
