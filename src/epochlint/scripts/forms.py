"""Forms: numbers over the names they were made of, from which units and comparisons by symbol are read."""

from __future__ import annotations

from epochlint.expressions.values import Known, Symbolic, Unknown, Value
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import BINARY, combine
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine

FUNCTIONS = ("ceil", "floor", "round", "int", "abs")
DEEPEST = 40


def form_of(machine: Machine, scalar: Scalar, depth: int = 0) -> Value:
    """Return a scalar over the symbols of the names and lengths it was made of; its plain value where there are
    none."""
    if scalar.form is not None:
        return scalar.form
    form = _make(machine, scalar, depth)
    scalar.form = form
    return form


def _make(machine: Machine, scalar: Scalar, depth: int) -> Value:
    if scalar.label and scalar.key is not None and (scalar.known or scalar.key[0] == "len"):
        if isinstance(scalar.value, Known) and type(scalar.value.value) not in (int, float):
            return scalar.value
        whole = type(scalar.plain) is int
        return machine.symbols.symbol(
            scalar.label, scalar.key, scalar.unit, line_of(scalar.site), scalar.key[0] == "len", whole
        )
    made = scalar.made
    if made is None or depth > DEEPEST:
        return scalar.value
    sign = made[0]
    if sign in BINARY and len(made) == 3 and isinstance(made[1], Scalar) and isinstance(made[2], Scalar):
        left, right = form_of(machine, made[1], depth + 1), form_of(machine, made[2], depth + 1)
        if isinstance(left, Symbolic) or isinstance(right, Symbolic):
            return _or_value(combine(sign, left, right), scalar)
    elif sign in FUNCTIONS and isinstance(made[1], Scalar):
        inner = form_of(machine, made[1], depth + 1)
        if isinstance(inner, Symbolic):
            return _or_value(call_function(sign, (inner,)), scalar)
    elif sign == "float" and isinstance(made[1], Scalar):
        return form_of(machine, made[1], depth + 1)
    elif sign in ("min", "max"):
        parts = tuple(form_of(machine, part, depth + 1) for part in made[1])
        if any(isinstance(part, Symbolic) for part in parts):
            return _or_value(call_function(sign, parts), scalar)
    return scalar.value


def _or_value(form: Value, scalar: Scalar) -> Value:
    return scalar.value if isinstance(form, Unknown) else form
