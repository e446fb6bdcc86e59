"""Calling functions of the repository: parameters are bound, the body is run, the returns are joined."""

from __future__ import annotations

import _ast as ast

from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.scripts.callables import Function
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.cuts import of_generator
from epochlint.scripts.joining import join, join_slot
from epochlint.scripts.machine import DEEPEST_CALLS, FUNCTION_FUEL, Activation
from epochlint.scripts.operators import combine
from epochlint.scripts.recording import Branch, InLoop
from epochlint.scripts.scope import Scope
from epochlint.scripts.things import Datum, Object, Opaque, Scalar, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Frames
    from epochlint.scripts.sites import Site

SIMPLE_TYPES = ("int", "float", "str", "bool")


def call_function(
    machine: Machine,
    function: Function,
    arguments: Arguments,
    site: Site,
    receiver: Datum | None = None,
    *,
    overridable: bool = False,
) -> Datum:
    """Call a function; `overridable` says that whoever really calls it may give its parameters other values than the
    defaults."""
    function.called = True
    machine.called.add(id(function.node))
    active = sum(activation.function is function for activation in machine.activations)
    if len(machine.activations) > DEEPEST_CALLS or active > (0 if function.generator else 1) or machine.exhausted:
        return Opaque(site, "calls are nested too deep to follow")
    scope = Scope("function", function.name, function.source, function.scope)
    scope.owner = function.owner
    bound = bind(machine, function, arguments, receiver, overridable)
    key = (id(function), *[id(datum) for datum in bound.values()])
    remembered = machine.memo.get(key)
    if remembered is not None and remembered[0] == machine.trail.version:
        return remembered[1]  # type: ignore[no-any-return]
    scope.slots.update(bound)
    before = machine.trail.version, machine.recorder.mark, machine.loads
    result = _run(machine, function, scope, site)
    if isinstance(receiver, Object) and len(bound) == 1:
        receiver.returned.setdefault(function.name.rpartition(".")[2], result)
    if (machine.trail.version, machine.recorder.mark, machine.loads) == before and not machine.raised:
        machine.memo[key] = (machine.trail.version, result, bound)
    return result


def bind(
    machine: Machine, function: Function, arguments: Arguments, receiver: Datum | None, overridable: bool
) -> dict[str, Datum]:
    """Return the parameters of a function with what they stand for in a call."""
    node = function.node.args
    names = [one.arg for one in (*node.posonlyargs, *node.args)]
    given = ([receiver] if receiver is not None else []) + arguments.positional
    bound: dict[str, Datum] = dict(zip(names, given, strict=False))
    if node.vararg is not None:
        rest = tuple(given[len(names) :])
        bound[node.vararg.arg] = Sequence("tuple", rest, function.site, not arguments.open_positional)
    extra: dict[str, Datum] = {}
    allowed = {*names, *[one.arg for one in node.kwonlyargs]}
    for name, datum in arguments.named.items():
        if name in allowed:
            bound.setdefault(name, datum)
        else:
            extra[name] = datum
    if node.kwarg is not None:
        mapping = Mapping(extra, function.site, arguments.open_named is None)
        mapping.key_sites.update({name: arguments.named_sites.get(name) for name in extra})
        bound[node.kwarg.arg] = mapping
    unsure = arguments.open_positional or arguments.open_named is not None
    for one in (*node.posonlyargs, *node.args, *node.kwonlyargs):
        if one.arg not in bound:
            default = function.defaults.get(one.arg)
            if default is not None and not unsure:
                bound[one.arg] = _default(default, overridable)
            else:
                bound[one.arg] = parameter(machine, function, one)
    return bound


def _default(default: Datum, overridable: bool) -> Datum:
    if overridable and isinstance(default, Scalar) and not default.overridable:
        default = default.copy()
        default.overridable = True
    return default


def parameter(machine: Machine, function: Function, node: ast.arg) -> Opaque:
    """Return an unknown parameter: the same thing each time, called by its name."""
    key = ("parameter", id(function.node), node.arg)
    found = machine.shared.get(key)
    if not isinstance(found, Opaque):
        kind = (
            node.annotation.id if isinstance(node.annotation, ast.Name) and node.annotation.id in SIMPLE_TYPES else ""
        )
        found = Opaque((function.source, node), "it is a parameter", node.arg, kind)
        machine.shared[key] = found
        machine.globals_kept.append(function.node)
    return found


def _run(machine: Machine, function: Function, scope: Scope, site: Site) -> Datum:
    node = function.node
    outer = machine.frames, machine.floor, machine.guards
    activation = Activation(function.name, scope, function.source, machine.trail.mark, machine.frames, function)
    machine.floor = max(machine.floor, machine.fuel - FUNCTION_FUEL)
    machine.activations.append(activation)
    if isinstance(node, ast.Lambda):
        result = machine.evaluate(node.body, scope)
    else:
        falls = machine.execute(node.body, scope)
        result = _finish(machine, activation, falls, site)
        if function.generator:
            result = _generator(machine, activation, site)
    machine.activations.pop()
    machine.frames, machine.floor, machine.guards = outer
    return result


def _finish(machine: Machine, activation: Activation, falls: bool, site: Site) -> Datum:
    """Join what the returns of a function left behind, and return the join of their values."""
    if activation.shadow is not None:
        mark, kept = activation.shadow
        machine.trail.undo(mark)
        del activation.exits[kept:]
        falls = False
    exits = activation.exits
    if not exits:
        if not falls and not activation.yielded:
            machine.raised = True
            return Opaque(site)
        return constant(None, site)
    if len(exits) == 1 and not falls and exits[0].mark == machine.trail.mark:
        return exits[0].value
    sides = [(one.when, one.value) for one in exits]
    writes = [one.writes for one in exits]
    if falls:
        sides.append(("it returns nothing", constant(None, site)))
        writes.append(machine.trail.written_since(activation.mark))
    machine.trail.undo(activation.mark)
    if len(writes) == 1:
        machine.trail.restore(writes[0])
    else:
        whens = [when for when, _ in sides]
        machine.trail.join(writes, lambda slots, key, values: join_slot(slots, values, whens, site, key))
    return join(sides, site)


def _generator(machine: Machine, activation: Activation, site: Site) -> Datum:
    """Return a generator: what it yields, and how often if its loops tell."""
    made = machine.new_object(("generator",), site)
    values = [value for value, _ in activation.yielded]
    if activation.function is not None and activation.function.kind == "contextmanager":
        return values[0] if values else made
    if values and not activation.delegates:
        made.element = join([("", value) for value in values], site)
        total: Value = Known(0)
        cycle: Value = Known(0)
        for _, frames in activation.yielded:
            around = [
                index
                for index, frame in enumerate(frames)
                if isinstance(frame, InLoop) and frame.loop.kind == "endless"
            ]
            if around:
                made.properties["endless"] = constant(True, site)
            cycle = combine("+", cycle, _rounds(frames[1:]) if around == [0] else UNKNOWN)
            total = combine("+", total, _rounds(frames))
        made.properties["length"] = Scalar(total, site, "computed", None, "int")
        if "endless" not in made.properties and not isinstance(total, Unknown):
            made.properties["endless"] = constant(False, site)
        made.properties.update(of_generator(machine, activation.yielded, site))
        if not isinstance(cycle, Unknown):
            made.properties["cycle"] = Scalar(cycle, site, "computed", None, "int")
    return made


def _rounds(frames: Frames) -> Value:
    """Return how often something under these frames happens, unknown if a condition decides."""
    total: Value = Known(1)
    for frame in frames:
        if isinstance(frame, Branch):
            return UNKNOWN
        if isinstance(frame, InLoop):
            if frame.loop.exits or frame.loop.always_breaks:
                return UNKNOWN
            total = combine("*", total, frame.loop.iterations)
    return total
