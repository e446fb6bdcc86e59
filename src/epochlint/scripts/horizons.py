"""How far a rate that the script computes itself reaches: the tick at which its formula comes to its end.

A schedule of the script's own is a function of how often it was called. The function is run once with that number as a
symbol, `t`, and what becomes of it is watched: `(1 - t / total) ** 0.9` has no real value after `total`, and
`cos(pi * t / total)` climbs again. A function that compares `t` with that very number knows its end; then nothing is
said.
"""

from __future__ import annotations

from epochlint.expressions.values import Known, Symbolic, Unknown, Value
from epochlint.scripts.callables import Bound, Function, Method
from epochlint.scripts.properties import property_of
from epochlint.scripts.symbolic import term_of, value_of
from epochlint.scripts.things import Object, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.expressions.algebra import Term
    from epochlint.expressions.atoms import Atom
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.things import Datum

    # What was computed: a sign or the name of a function, with what it was computed of.
    Watched: TypeAlias = "tuple[str, Scalar, Scalar | None]"

COMPARISONS = ("<", "<=", ">", ">=")
HALF_TURN = 3.141592653589793
UNDEFINED, NEGATIVE, RISES = "undefined", "negative", "rises"
DEEPEST = 12


def find(machine: Machine) -> None:
    """Note at each scheduler whose rate the script computes where that comes to its end, and what comes after."""
    for thing in tuple(machine.recorder.objects):
        if not machine.exhausted and "horizon" not in thing.properties:
            found = _horizon(machine, thing)
            if found is not None:
                thing.properties["horizon"], past = found
                thing.properties["past_horizon"] = constant(past, thing.site)


def _horizon(machine: Machine, thing: Object) -> tuple[Scalar, str] | None:
    called = _rate_function(machine, thing)
    if called is None:
        return None
    function, counter = called
    tick = Scalar(machine.symbols.symbol("t", ("tick",), None, 0, True, True), thing.site, "computed", None, "int")
    mark = machine.trail.mark
    machine.silent += 1
    machine.watched = []
    try:
        if counter:
            machine.trail.store(thing.slots, counter, tick)
            result = machine.call(function, thing.site)
        else:
            result = machine.call(function, thing.site, [tick])
        watched = machine.watched
    finally:
        machine.watched = None
        machine.silent -= 1
        machine.raised = False
        machine.trail.undo(mark)
    return _read(watched, result, tick)


def _rate_function(machine: Machine, thing: Object) -> tuple[Datum, str] | None:
    """Return what gives the rate, and the attribute in which it finds the tick ("" where the tick is passed)."""
    if not thing.bindings:
        return None
    method = property_of(machine, thing, "rate_method")
    if isinstance(method, Scalar) and isinstance(method.plain, str):
        own = thing.cls.find(method.plain) if thing.cls is not None else None
        counter = property_of(machine, thing, "rate_counter")
        if not isinstance(own, Function) or own.kind == "property":
            return None
        at = counter.plain if isinstance(counter, Scalar) and isinstance(counter.plain, str) else ""
        return Method(thing, method.plain, thing.site), at
    function = property_of(machine, thing, "rate_function")
    if isinstance(function, Object) and function.cls is not None and function.cls.find("__call__") is not None:
        return function, ""
    return (function, "") if isinstance(function, Function | Bound) else None


# --- what was watched ------------------------------------------------------------------------------------------------


def _read(watched: list[Watched], result: Datum, tick: Scalar) -> tuple[Scalar, str] | None:
    """Return the one end that what was computed has, and what comes after it; None where there is none or several."""
    symbol = _symbol(tick)
    ends: dict[Value, str] = {}
    for sign, left, right in watched:
        past = _past(sign, right)
        root = _root(left.value, symbol, HALF_TURN if sign == "cos" else 0, falls=sign != "cos") if past else None
        if root is not None:
            ends.setdefault(root, past)
    if not ends and isinstance(result, Scalar):
        root = _root(result.value, symbol, 0, falls=True)
        if root is not None:
            ends[root] = NEGATIVE
    for sign, left, right in watched:
        if sign in COMPARISONS and right is not None:
            met = _compared(left, right, symbol)
            if met is not None:
                ends.pop(met, "")
    if len(ends) != 1:
        return None
    ((end, past),) = ends.items()
    return _written(watched, end, symbol, tick), past


def _past(sign: str, right: Scalar | None) -> str:
    """Return what becomes of a power of a number, or of a cosine, after the number has come to 0, or the half turn."""
    if sign == "cos":
        return RISES
    exponent = right.plain if sign == "**" and right is not None else None
    if not isinstance(exponent, int | float) or exponent <= 0:
        return ""
    if exponent != int(exponent):
        return UNDEFINED
    return RISES if exponent % 2 == 0 else NEGATIVE


def _written(watched: list[Watched], end: Value, symbol: Atom, tick: Scalar) -> Scalar:
    """Return the end as the script's own number, if it is one that the tick is divided by."""
    for sign, left, right in watched:
        if sign == "/" and right is not None and right.value == end and _is_tick(left.value, symbol):
            return right.copy()
    return Scalar(end, tick.site, "computed")


def _compared(left: Scalar, right: Scalar, symbol: Atom) -> Value | None:
    """Return the tick at which the sides of a comparison meet."""
    from epochlint.expressions.algebra import subtract

    first, second = term_of(left.value), term_of(right.value)
    if first is None or second is None:
        return None
    return _root_of(subtract(first, second), symbol, falls=None)


def _root(value: Value, symbol: Atom, target: float, falls: bool) -> Value | None:
    """Return the tick at which a number that falls (or rises) with every tick comes to a target; None if it does
    not."""
    from epochlint.expressions.algebra import subtract

    term, wanted = term_of(value), term_of(Known(target))
    if not isinstance(value, Symbolic) or term is None or wanted is None:
        return None
    return _root_of(subtract(term, wanted), symbol, falls)


def _root_of(term: Term, symbol: Atom, falls: bool | None) -> Value | None:
    from epochlint.expressions.algebra import Term as Sum
    from epochlint.expressions.algebra import divide, negate

    slope, rest = [], {}
    for monomial, coefficient in term.parts.items():
        powers = [power for atom, power in monomial if atom == symbol]
        if not powers:
            if any(_mentions(atom, symbol) for atom, _ in monomial):
                return None
            rest[monomial] = coefficient
        elif powers == [1]:
            others = frozenset(part for part in monomial if part[0] != symbol)
            if any(_mentions(atom, symbol) for atom, _ in others):
                return None
            slope.append((others, coefficient))
        else:
            return None
    if len(slope) != 1 or (falls is not None and (slope[0][1] < 0) != falls):
        return None
    root = divide(negate(Sum(rest)), Sum(dict(slope)))
    value = value_of(root)
    return None if isinstance(value, Unknown) else value


def _mentions(atom: Atom, symbol: Atom, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return True
    inside = (one for term in atom.terms for monomial in term.parts for one, _ in monomial)
    return any(one == symbol or _mentions(one, symbol, depth + 1) for one in inside)


def _symbol(tick: Scalar) -> Atom:
    term = term_of(tick.value)
    assert term is not None
    ((monomial, _),) = term.parts.items()
    ((atom, _),) = monomial
    return atom


def _is_tick(value: Value, symbol: Atom) -> bool:
    term = term_of(value)
    if term is None:
        return False
    return any(atom == symbol for monomial in term.parts for atom, _ in monomial)
