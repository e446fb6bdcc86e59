"""Loops: the body is run once, for any round; what changes from round to round becomes a symbol there.

Which variables change is guessed from the syntax and checked afterwards: if the body changed something that was taken
as
constant (by a method it calls, say), everything is taken back and the body is run again with that unknown.
"""

from __future__ import annotations

import _ast as ast

from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.scripts import branches, closing
from epochlint.scripts.assigning import assign
from epochlint.scripts.attributes import find_attribute
from epochlint.scripts.callables import Class, Module
from epochlint.scripts.containers import Content, Mapping, Sequence
from epochlint.scripts.counting import counter_at
from epochlint.scripts.iterating import Pass, pass_over
from epochlint.scripts.joining import join_slot, own_unknown, same_value
from epochlint.scripts.machine import Round, line_of
from epochlint.scripts.operators import kind_of
from epochlint.scripts.recording import InLoop, Loop
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.symbolic import is_at_least
from epochlint.scripts.syntax import assigned_in, names_in_target
from epochlint.scripts.things import Datum, Object, Scalar, unknown_scalar
from epochlint.scripts.trail import ABSENT
from epochlint.scripts.truths import truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site
    from epochlint.scripts.things import Slots
    from epochlint.scripts.trail import Writes

    Places: TypeAlias = "dict[tuple[int, Any], tuple[Slots, Any]]"

# Loops over so many known elements are run round by round.
MOST_UNROLLED = 16
MOST_ATTEMPTS = 4


def run_for(machine: Machine, node: ast.For | ast.AsyncFor, scope: Scope) -> bool:
    site = (scope.source, node)
    iterable = machine.evaluate(node.iter, scope)
    over = pass_over(machine, iterable, (scope.source, node.iter))
    if over.known is not None and over.kind != "range" and len(over.known) <= MOST_UNROLLED and not machine.exhausted:
        return _unrolled(machine, node, over.known, scope, site)
    names = names_in_target(node.target)

    def begin(loop: Loop) -> None:
        loop.kind, loop.over, loop.start, loop.targets = over.kind, over.over, over.start, names
        loop.length = over.length
        loop.iterations = over.length.value if over.length is not None else UNKNOWN
        loop.target = (scope.source, node.target)
        assign(machine, node.target, over.element(loop, names), scope)

    return _run(machine, node, scope, begin, over)


def run_while(machine: Machine, node: ast.While, scope: Scope) -> bool:
    test_site = (scope.source, node.test)
    machine.silent += 1
    first = machine.evaluate(node.test, scope)
    machine.silent -= 1
    held = truth_of(machine, first)
    if held is False and not (isinstance(first, Scalar) and first.overridable):
        return machine.execute(node.orelse, scope) if node.orelse else True
    always = isinstance(node.test, ast.Constant) and bool(node.test.value)

    def begin(loop: Loop) -> None:
        loop.kind = "endless" if always else "while"
        if not always:
            test = machine.evaluate(node.test, scope)
            loop.test = branches.classify(test, test_site, None, positive=False)
            loop.test_ahead = tuple(branches.ahead_of_counter(branch) for branch in loop.test)

    return _run(machine, node, scope, begin, None)


def _unrolled(
    machine: Machine, node: ast.For | ast.AsyncFor, items: tuple[Datum, ...], scope: Scope, site: Site
) -> bool:
    """Run a loop over known elements round by round."""
    mark = machine.trail.mark
    loop = Loop(-1, "items", site, machine.function_name, machine.frames)
    around = Round(loop, mark, len(machine.frames))
    goes_on = True
    for element in items:
        assign(machine, node.target, element, scope)
        machine.activation.loops.append(around)
        falls = machine.execute(node.body, scope)
        machine.activation.loops.pop()
        machine.guards = ()
        sides = list(around.continues)
        around.continues = []
        if falls:
            sides.append(machine.trail.written_since(mark))
        if not sides:
            goes_on = False
            break
        _settle(machine, sides, mark, site)
    if goes_on and node.orelse:
        goes_on = machine.execute(node.orelse, scope)
    if around.breaks:
        sides = list(around.breaks)
        if goes_on:
            sides.append(machine.trail.written_since(mark))
        _settle(machine, sides, mark, site)
        goes_on = True
    return goes_on


def _settle(machine: Machine, sides: list[Writes], mark: int, site: Site) -> None:
    """Make the state the join of several sides, each given by everything written since the mark."""
    machine.trail.undo(mark)
    _join_sides(machine, sides, site)


# --- one round for all -----------------------------------------------------------------------------------------------


def _run(
    machine: Machine,
    node: ast.For | ast.AsyncFor | ast.While,
    scope: Scope,
    begin: Callable[[Loop], None],
    over: Pass | None,
) -> bool:
    site = (scope.source, node)
    token = object()
    mark, recorded, loads = machine.trail.mark, machine.recorder.mark, machine.loads
    noted = len(machine.recorder.operations)
    known, kindless = machine.activation.unstable.setdefault(id(node), ({}, set()))
    changing = {**_assigned_places(machine, node, scope), **known}
    for attempt in range(MOST_ATTEMPTS):
        loop = Loop(len(machine.recorder.loops), "items", site, machine.function_name, machine.frames)
        loop.token = token
        machine.recorder.loops.append(loop)
        starts = _widen(machine, loop, changing, kindless, site)
        around = _round(machine, node, scope, loop, begin, mark)
        unstable = _unstable(machine, around, starts, mark, changing, kindless)
        if not unstable or attempt == MOST_ATTEMPTS - 1 or machine.loads != loads or machine.exhausted:
            break
        machine.trail.undo(mark)
        machine.recorder.rollback(recorded, noted)
        changing.update(unstable)
        known.update(unstable)
    _count_rounds(machine, loop, over, recorded)
    return _leave(machine, node, scope, loop, around, mark, starts)


def _round(
    machine: Machine,
    node: ast.For | ast.AsyncFor | ast.While,
    scope: Scope,
    loop: Loop,
    begin: Callable[[Loop], None],
    mark: int,
) -> Round:
    outer = machine.frames
    machine.frames = (*outer, InLoop(loop))
    around = Round(loop, mark, len(machine.frames))
    begin(loop)
    machine.activation.loops.append(around)
    falls = machine.execute(node.body, scope)
    machine.activation.loops.pop()
    machine.frames, machine.guards = outer, ()
    if falls:
        around.continues.append(machine.trail.written_since(mark))
    return around


def _assigned_places(machine: Machine, node: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> Places:
    """Return the variables, attributes and lists that the body writes to by its syntax, as far as they exist
    already."""
    found = assigned_in(node.body, machine.assigned, id(node))
    places: Places = {}
    for name in sorted(found.names):
        slots = scope.target(name).slots
        if isinstance(slots.get(name), Scalar):
            places[(id(slots), name)] = (slots, name)
    for target in found.attributes:
        owner = _resolve(machine, target.value, scope)
        owned = (
            owner.slots
            if isinstance(owner, Object | Class | Mapping)
            else owner.scope.slots
            if isinstance(owner, Module)
            else None
        )
        if owned is not None and isinstance(owned.get(target.attr), Scalar):
            places[(id(owned), target.attr)] = (owned, target.attr)
    for expression in found.mutated:
        owner = _resolve(machine, expression, scope)
        if isinstance(owner, Sequence):
            places[(id(owner.slots), "content")] = (owner.slots, "content")
    return places


def _resolve(machine: Machine, node: ast.expr, scope: Scope) -> Datum | None:
    """Return what a name or a chain of attributes stands for, without running anything."""
    if isinstance(node, ast.Name):
        return scope.lookup(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolve(machine, node.value, scope)
        if isinstance(owner, Object | Mapping):
            found = owner.slots.get(node.attr)
            return found if isinstance(found, Datum) else None
        if isinstance(owner, Class | Module):
            return find_attribute(machine, owner, node.attr, (scope.source, node))
    return None


def _widen(
    machine: Machine, loop: Loop, places: Places, kindless: set[tuple[int, Any]], site: Site
) -> dict[tuple[int, Any], Any]:
    """Make what changes unknown at the beginning of a round; return what it is there."""
    starts: dict[tuple[int, Any], Any] = {}
    for where, (slots, key) in places.items():
        present = slots.get(key, ABSENT)
        if present is ABSENT:
            continue
        widened = _widened(machine, loop, slots, key, present, where in kindless, site)
        starts[where] = widened
        machine.trail.store(slots, key, widened)
    return starts


def _widened(machine: Machine, loop: Loop, slots: Slots, key: Any, present: Any, kindless: bool, site: Site) -> Any:
    if isinstance(present, Content):
        return Content(() if kindless else present.items, False)
    if isinstance(present, bool):
        return True
    if isinstance(present, Scalar):
        kind = kind_of(present)
        if kind in ("bool", "str", "NoneType"):
            return unknown_scalar(site, "" if kindless or kind == "NoneType" else kind)
        name = present.label if isinstance(key, str) and present.label.endswith(f".{key}") else str(key)
        counter = counter_at(machine, slots, key, name, present.site)
        value = machine.symbols.symbol(
            name, ("counter", counter, loop.token), None, line_of(site), False, not kindless and kind == "int"
        )
        widened = Scalar(value, present.site, "computed", ("counter", counter, loop), "" if kindless else kind)
        widened.label, widened.key = name, ("counter", counter, loop.token)
        loop.begun[id(widened)] = present
        if isinstance(value, Symbolic):
            loop.variant.update(closing.symbol_names(value))
        return widened
    return own_unknown(site, "it changes from round to round", str(key))


def _unstable(
    machine: Machine,
    around: Round,
    starts: dict[tuple[int, Any], Any],
    mark: int,
    changing: Places,
    kindless: set[tuple[int, Any]],
) -> Places:
    """Return what the body changed although it was taken as constant, or as of one kind."""
    unstable: Places = {}
    old = machine.trail.before(mark)
    for side in around.continues:
        for where, (slots, key, value) in side.items():
            if getattr(slots, "born", 0) > around.born:
                continue
            before = old[where][2] if where in old else ABSENT
            start = starts.get(where, before)
            if start is ABSENT or value is ABSENT or value is start:
                continue
            if where in starts:
                if not _same_kind(start, value) and where not in kindless:
                    kindless.add(where)
                    unstable[where] = (slots, key)
            elif not _same(start, value):
                unstable[where] = (slots, key)
    del changing
    return unstable


def _same_kind(start: Any, value: Any) -> bool:
    """Tell whether a value is one that the unknown at the beginning of the round stands for."""
    if isinstance(start, Content):
        return (
            isinstance(value, Content)
            and len(start.items) <= len(value.items)
            and all(one is other for one, other in zip(start.items, value.items, strict=False))
        )
    if isinstance(start, Scalar):
        return isinstance(value, Scalar) and (not start.kind or kind_of(value) == start.kind)
    return True


def _same(start: Any, value: Any) -> bool:
    if isinstance(start, Scalar) and isinstance(value, Scalar):
        return same_value(start.value, value.value)
    if isinstance(start, Content) and isinstance(value, Content):
        return (
            start.complete == value.complete
            and len(start.items) == len(value.items)
            and all(one is other for one, other in zip(start.items, value.items, strict=True))
        )
    return start is value or (isinstance(start, bool) and start == value)


# --- after -----------------------------------------------------------------------------------------------------------


def _count_rounds(machine: Machine, loop: Loop, over: Pass | None, recorded: tuple[int, int, int, int]) -> None:
    """Find how many rounds a loop has: from what it goes through, or from the counter that ends a `while`."""
    if over is None and loop.kind == "while":
        rounds = closing.rounds_of_while(machine, loop, recorded[3])
        if rounds is not None:
            loop.iterations, loop.closed = rounds, True
    if loop.always_breaks:
        loop.iterations = Known(1) if loop.kind == "endless" else call_function("min", (Known(1), loop.iterations))
    if isinstance(loop.iterations, Unknown):
        name = f"rounds of the loop in line {line_of(loop.site)}"
        loop.iterations = machine.symbols.symbol(name, ("rounds", loop.token), None, 0, True)
    loop.variant.update(closing.names_of_variables(machine, loop))


def _leave(
    machine: Machine,
    node: ast.For | ast.AsyncFor | ast.While,
    scope: Scope,
    loop: Loop,
    around: Round,
    mark: int,
    starts: dict[tuple[int, Any], Any],
) -> bool:
    """Make the state that after the loop; return whether what follows is reached."""
    site = (scope.source, node)
    # Sums over the rounds hold only where every round is made.
    rounds: Value = loop.iterations if not around.breaks and loop.kind != "endless" else UNKNOWN
    machine.trail.undo(mark)
    even: set[tuple[int, Any]] = set()
    natural: list[Writes] = []
    if loop.kind != "endless":
        some = loop.iterations != Known(0)
        natural = [closing.final(machine, loop, side, starts, rounds, site, even) for side in around.continues if some]
        if not natural:
            natural = [] if is_at_least(loop.iterations, 1) else [{}]
        elif not is_at_least(loop.iterations, 1):
            natural = [closing.joined_with_start(natural[0], even, site)] if len(natural) == 1 else [*natural, {}]
    broken = [closing.final(machine, loop, side, starts, rounds, site, even) for side in around.breaks]
    if node.orelse and natural:
        _join_sides(machine, natural, site)
        falls = machine.execute(node.orelse, scope)
        natural = [machine.trail.written_since(mark)] if falls else []
        machine.trail.undo(mark)
    sides = natural + broken
    if sides:
        _join_sides(machine, sides, site)
    return bool(sides)


def _join_sides(machine: Machine, sides: list[Writes], site: Site) -> None:
    whens = [""] * len(sides)
    machine.trail.join(sides, lambda slots, key, values: join_slot(slots, values, whens, site, key))


EXECUTORS: dict[type, Callable[[Any, Any, Scope], bool]] = {
    ast.For: run_for,
    ast.AsyncFor: run_for,
    ast.While: run_while,
}
