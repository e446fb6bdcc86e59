"""Definitions: functions, lambdas, classes, and what decorators make of them."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.callables import Class, Function, Library
from epochlint.scripts.calls import make_function
from epochlint.scripts.classes import Factory
from epochlint.scripts.machine import Activation
from epochlint.scripts.options import apply_option_decorators
from epochlint.scripts.scope import Scope
from epochlint.scripts.syntax import last_identifier
from epochlint.scripts.things import Datum, Opaque, Passed, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

KINDS = {
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
    "property": "property",
    "cached_property": "property",
    "contextmanager": "contextmanager",
    "asynccontextmanager": "contextmanager",
    "setter": "setter",
    "deleter": "setter",
    "overload": "overload",
}


def define_function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> bool:
    decorators = [last_identifier(decorator) for decorator in node.decorator_list]
    kind = next((KINDS[name] for name in decorators if name in KINDS), "")
    if kind in ("setter", "overload"):
        return True
    function = make_function(machine, node, scope.qualified(node.name), scope)
    function.kind = kind
    if isinstance(scope.owner, Class) and scope.kind == "class":
        function.owner = scope.owner
    value: Datum = function
    for decorator in reversed(node.decorator_list):
        if last_identifier(decorator) not in KINDS:
            value = _decorated(machine, decorator, function, value, scope)
    scope.store(node.name, value, machine.trail)
    return True


def _decorated(machine: Machine, decorator: ast.expr, function: Function, value: Datum, scope: Scope) -> Datum:
    """Apply a decorator: it is called, for the options it declares, and the function stays what it is."""
    made = machine.evaluate(decorator, scope)
    _pass_to(machine, (scope.source, decorator), function)
    if apply_option_decorators(machine, made, function):
        return value
    if isinstance(made, Function) and made is not function:
        made.called = True
    return value


def _pass_to(machine: Machine, site: Site, function: Function) -> None:
    """Hand a function to the call that decorates it, where the API says that it is an argument of it."""
    call = machine.recorder.calls[-1] if machine.recording and machine.recorder.calls else None
    api = next((api for name in call.callees if (api := machine.apis.api(name))), None) if call is not None else None
    if call is not None and api is not None and api.decorates and call.site == site:
        call.passed = (*call.passed, Passed(api.decorates, function, function.site))


def define_class(machine: Machine, node: ast.ClassDef, scope: Scope) -> bool:
    bases = tuple(machine.evaluate(base, scope) for base in node.bases)
    for keyword in node.keywords:
        machine.evaluate(keyword.value, scope)
    cls = Class(node, scope.qualified(node.name), bases, scope, scope.source)
    inner = Scope("class", cls.name, scope.source, scope)
    inner.owner = cls
    inner.slots = cls.slots
    activation = Activation(cls.name, inner, scope.source, machine.trail.mark, machine.frames, None)
    machine.activations.append(activation)
    machine.execute(node.body, inner)
    machine.activations.pop()
    machine.guards = ()
    names = [last_identifier(decorator) for decorator in node.decorator_list]
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            machine.evaluate(decorator, scope)
    _set_fields(machine, cls, names)
    machine.recorder.classes.append(cls)
    scope.captured = True
    scope.store(node.name, cls, machine.trail)
    return True


def _set_fields(machine: Machine, cls: Class, decorators: list[str]) -> None:
    """Note the fields of a dataclass, a named tuple, or a class whose decorator or base makes one of it."""
    bases = {base.dotted.rpartition(".")[2] for one in cls.mro() for base in one.bases if isinstance(base, Library)}
    if bases & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}:
        cls.kind = "enum"
    elif "NamedTuple" in bases:
        cls.kind = "namedtuple"
    elif _is_made_of_fields(cls, decorators, bases):
        cls.kind = "dataclass"
    if cls.kind not in ("namedtuple", "dataclass"):
        return
    fields: dict[str, Datum | None] = {}
    for statement in cls.node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if last_identifier(statement.annotation) == "ClassVar":
                continue
            default = cls.slots.get(name) if statement.value is not None else None
            fields[name] = _field_default(machine, cls, name, default)
    cls.fields = fields


def _is_made_of_fields(cls: Class, decorators: list[str], bases: set[str]) -> bool:
    """Tell whether a decorator or a base makes parameters of the annotated names of a class."""
    if any("dataclass" in name or name in ("define", "frozen", "attrs", "s", "chz", "struct") for name in decorators):
        return True
    return bool(bases & {"BaseModel", "BaseSettings", "TypedDict", "Struct"}) and "__init__" not in cls.slots


def _field_default(machine: Machine, cls: Class, name: str, default: Datum | None) -> Datum | None:
    """Return the default of a field, also where it is given by `field(default=...)` or a factory."""
    described = default
    if isinstance(described, Opaque) and described.field is not None:
        value, factory = described.field
        if factory is not None:
            machine.trail.remove(cls.slots, name)
            return Factory(factory, described.site)
        if value is None:
            machine.trail.remove(cls.slots, name)
            return None
        if isinstance(value, Scalar):
            value = value.copy()
            value.label = value.label or name
        machine.trail.store(cls.slots, name, value)
        return value
    return default


EXECUTORS: dict[type, Callable[[Any, Any, Scope], bool]] = {
    ast.FunctionDef: define_function,
    ast.AsyncFunctionDef: define_function,
    ast.ClassDef: define_class,
}
