"""Calls: what is called, with what, and what comes of it."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts import builtin_functions, methods
from epochlint.scripts.arguments import Arguments, evaluate_arguments
from epochlint.scripts.attributes import callable_attribute
from epochlint.scripts.branching import each
from epochlint.scripts.callables import Bound, Class, Function, Library, Method, Partial, Super
from epochlint.scripts.classes import instantiate
from epochlint.scripts.containers import Mapping
from epochlint.scripts.functions import call_function
from epochlint.scripts.library import call_library, call_method, record
from epochlint.scripts.syntax import yields
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site


def evaluate_call(machine: Machine, node: ast.Call, scope: Scope) -> Datum:
    site = (scope.source, node)
    function = node.func
    if isinstance(function, ast.Attribute):
        machine.fuel -= 1
        receiver = machine.evaluate(function.value, scope)
        callee = callable_attribute(machine, receiver, function.attr, (scope.source, function))
    else:
        callee = machine.evaluate(function, scope)
    if isinstance(callee, Library) and callee.dotted.startswith("builtins."):
        special = _special(machine, callee.dotted[9:], node, scope)
        if special is not None:
            return special
    return call(machine, callee, evaluate_arguments(machine, node, scope), site)


def _special(machine: Machine, name: str, node: ast.Call, scope: Scope) -> Datum | None:
    """Return what the functions give that know where they are called from."""
    site = (scope.source, node)
    if name == "super":
        return _super(machine, node, scope)
    if name in ("globals", "locals", "vars") and not node.args:
        made = Mapping({}, site)
        made.slots = (scope.module if name == "globals" else scope).slots
        return made
    return None


def _super(machine: Machine, node: ast.Call, scope: Scope) -> Datum:
    site = (scope.source, node)
    here: Scope | None = scope
    while here is not None and not isinstance(here.owner, Class):
        here = here.parent
    if here is None or not isinstance(here.owner, Class):
        return Opaque(site)
    receiver: Datum | None = None
    for activation in reversed(machine.activations):
        if activation.function is not None and not isinstance(activation.function.node, ast.Lambda):
            parameters = activation.function.node.args
            first = next(iter((*parameters.posonlyargs, *parameters.args)), None)
            receiver = activation.scope.slots.get(first.arg) if first is not None else None
            break
    return Super(here.owner, receiver, site) if receiver is not None else Opaque(site)


def call(machine: Machine, callee: Datum, arguments: Arguments, site: Site) -> Datum:
    """Call a thing of any sort with evaluated arguments."""
    if isinstance(callee, Function):
        return call_own(machine, callee, arguments, site, None)
    if isinstance(callee, Bound):
        return call_own(machine, callee.function, arguments, site, callee.receiver)
    if isinstance(callee, Class):
        return instantiate(machine, callee, arguments, site)
    if isinstance(callee, Library):
        if machine.watched is not None:
            _watch(machine, callee.dotted, arguments)
        known = builtin_functions.TABLE.get(callee.dotted)
        result = known(machine, arguments, site) if known is not None else None
        if result is not None:
            return result
        if callee.dotted.startswith("builtins."):
            return Opaque(site)
        return call_library(machine, callee.dotted, arguments, site, callee.local)
    if isinstance(callee, Method):
        return _call_method(machine, callee, arguments, site)
    if isinstance(callee, Partial):
        return call(machine, callee.function, _completed(callee, arguments), site)
    if isinstance(callee, Choice):
        return each(machine, callee, site, lambda one: call(machine, one, arguments, site))
    if isinstance(callee, Object):
        return _call_object(machine, callee, arguments, site)
    return _call_unknown(machine, callee, arguments, site)


def _watch(machine: Machine, dotted: str, arguments: Arguments) -> None:
    """Write down a function of one number, by the last part of its name."""
    first = arguments.positional[0] if len(arguments.positional) == 1 else None
    if machine.watched is not None and isinstance(first, Scalar):
        machine.watched.append((dotted.rpartition(".")[2], first, None))


def _completed(partial: Partial, arguments: Arguments) -> Arguments:
    whole = Arguments.of(list(partial.given), partial.named)
    for datum, where in zip(arguments.positional, arguments.positional_sites, strict=True):
        whole.add(datum, where)
    for name, datum in arguments.named.items():
        whole.name(name, datum, arguments.named_sites[name])
    whole.open_named, whole.open_positional = arguments.open_named, arguments.open_positional
    return whole


def call_own(machine: Machine, function: Function, arguments: Arguments, site: Site, receiver: Datum | None) -> Datum:
    """Call a function of the repository: it is written down, then run."""
    if not function.name.endswith("<lambda>") and function.kind != "property":
        parameters = function.node.args
        names = tuple(one.arg for one in (*parameters.posonlyargs, *parameters.args))
        passed = arguments.bound(names[1:] if receiver is not None else names)
        callees = _callees(function, receiver)
        call = record(machine, callees[0], callees, passed, site, receiver)
        result = call_function(machine, function, arguments, site, receiver)
        if call is not None:
            call.read = not machine.exhausted
        if call is not None and isinstance(result, Object):
            call.result = result
        return result
    return call_function(machine, function, arguments, site, receiver)


def _callees(function: Function, receiver: Datum | None) -> tuple[str, ...]:
    """Return the names a function may be known by: for a method, those of the classes its object derives from."""
    if isinstance(receiver, Object):
        name = function.name.rpartition(".")[2]
        return tuple(f"{one}.{name}" for one in receiver.types)
    return (f"{function.source.module}.{function.name}",)


def _call_method(machine: Machine, callee: Method, arguments: Arguments, site: Site) -> Datum:
    receiver = callee.receiver
    if isinstance(receiver, Choice):
        name, where = callee.name, callee.site
        return each(
            machine,
            receiver,
            site,
            lambda one: call(machine, callable_attribute(machine, one, name, where), arguments, site),
        )
    known = methods.call(machine, receiver, callee.name, arguments, site)
    if known is not None:
        return known
    if isinstance(receiver, Object) and receiver.cls is not None:
        own = receiver.cls.find(callee.name)
        if isinstance(own, Function):
            return call_own(machine, own, arguments, site, receiver)
    if isinstance(receiver, Super):
        return methods.call_super(machine, receiver, callee.name, arguments, site)
    return call_method(machine, receiver, callee.name, arguments, site)


def _call_object(machine: Machine, callee: Object, arguments: Arguments, site: Site) -> Datum:
    if callee.cls is not None:
        own = callee.cls.find("__call__")
        if isinstance(own, Function):
            return call_own(machine, own, arguments, site, callee)
    return call_method(machine, callee, "__call__", arguments, site)


def _call_unknown(machine: Machine, callee: Datum, arguments: Arguments, site: Site) -> Datum:
    """Call something nobody knows; a method keeps its name (`?.fit`), a function its own."""
    if isinstance(callee, Opaque) and callee.owner is not None:
        return call_method(machine, callee.owner[0], callee.owner[1], arguments, site)
    if isinstance(callee, Scalar):
        return Opaque(site)
    name = callee.text
    if not name.replace(".", "").replace("_", "").isalnum():
        name = "?"
    record(machine, name, (name,), arguments.bound(()), site)
    return Opaque(site)


def evaluate_lambda(machine: Machine, node: ast.Lambda, scope: Scope) -> Datum:
    return make_function(machine, node, scope.qualified("<lambda>"), scope)


def make_function(
    machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, scope: Scope
) -> Function:
    """Make a function, with its defaults evaluated as Python does it: where it is defined."""
    function = Function(node, name, scope, scope.source)
    scope.captured = True
    around: Scope | None = scope.parent
    while around is not None:
        around.captured = True
        around = around.parent
    positional = [*node.args.posonlyargs, *node.args.args]
    for parameter, default in zip(reversed(positional), reversed(node.args.defaults), strict=False):
        function.defaults[parameter.arg] = _declared(machine.evaluate(default, scope), parameter.arg)
    for parameter, keyword_default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if keyword_default is not None:
            function.defaults[parameter.arg] = _declared(machine.evaluate(keyword_default, scope), parameter.arg)
    if not isinstance(node, ast.Lambda):
        function.generator = yields(node.body)
        machine.functions.append(function)
    return function


def _declared(default: Datum, name: str) -> Datum:
    """Return a default as what it is: a number that a declaration gives, called by the name of its parameter."""
    if isinstance(default, Scalar) and default.origin == "literal":
        default = default.copy()
        default.origin = "declared-default"
        if type(default.plain) in (int, float):
            default.label = name
            default.key = (
                ("default", default.site[0].path, *_position(default.site[1]))
                if isinstance(default.site, tuple)
                else None
            )
    return default


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def call_thing(machine: Machine, callee: Datum, site: Site, positional: list[Datum] | None = None) -> Datum:
    """Call a thing with arguments that no call in the source passes."""
    return call(machine, callee, Arguments.of(positional), site)
