"""Functions of Python itself and its library: numbers, containers, attributes by name, the environment."""

from __future__ import annotations

from epochlint.expressions.values import FALSE, TRUE, UNKNOWN, Alternative, Known, OneOf, Value
from epochlint.scripts import configs, declared, files, roles
from epochlint.scripts.arguments import Arguments
from epochlint.scripts.attributes import assign_attribute, attribute, find_attribute
from epochlint.scripts.binary import binary, merge
from epochlint.scripts.iterating import pass_over
from epochlint.scripts.operators import kind_of, known, one_of
from epochlint.scripts.properties import length_of
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import (
    Bound,
    Class,
    Datum,
    Function,
    Iteration,
    Library,
    Mapping,
    Object,
    Opaque,
    Partial,
    Range,
    Scalar,
    Sequence,
    constant,
    unknown_scalar,
)
from epochlint.scripts.truths import as_number, is_something, truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

    Native = Callable[[Machine, Arguments, Site], Datum | None]

MOST_COPIED = 10_000


# --- numbers ---------------------------------------------------------------------------------------------------------


def _only(arguments: Arguments) -> Datum | None:
    return arguments.positional[0] if len(arguments.positional) == 1 and not arguments.named else None


def _len(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = _only(arguments)
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
        thing = _only(arguments)
        if thing is None:
            return constant(0, site) if function == "int" and not arguments.positional else unknown_scalar(site, "int")
        number = as_number(machine, thing)
        if number is None:
            return unknown_scalar(site, "int" if function != "abs" else "")
        kind = kind_of(number) if function == "abs" else "int"
        result = Scalar(_apply(function, number.value), site, "computed", (function, number), kind)
        return _inherit(result, number)

    return apply


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
    thing = _only(arguments)
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
    thing = _only(arguments)
    if isinstance(thing, Scalar) and thing.known:
        return _inherit(Scalar(known(str(thing.plain)), site, "computed", ("str", thing), "str"), thing)
    if isinstance(thing, files.File) and thing.path is not None:
        return constant(thing.path, site)
    return unknown_scalar(site, "str")


def _bool(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = _only(arguments)
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
        except (TypeError, ValueError, OverflowError):
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


# --- containers ------------------------------------------------------------------------------------------------------


def _range(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    numbers = [as_number(machine, one) for one in arguments.positional]
    if not 1 <= len(numbers) <= 3 or any(number is None for number in numbers):
        return Opaque(site)
    zero, one = constant(0, site), constant(1, site)
    if len(numbers) == 1:
        return Range(zero, numbers[0], one, site)  # type: ignore[arg-type]
    return Range(numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else one, site)  # type: ignore[arg-type]


def _iteration(kind: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
        parts = tuple(arguments.positional)
        if arguments.open_positional or not parts:
            return Opaque(site)
        if kind == "enumerate":
            return Iteration(kind, parts[:1], site, arguments.get(1, "start"))
        return Iteration(kind, parts, site)

    return apply


def _islice(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) == 2:
        stop = as_number(machine, things[1])
        return Iteration(
            "islice", (things[0],), site, stop if (stop is not None and stop.plain is not None) or stop else None
        )
    if len(things) == 3:
        rounds = binary(machine, "-", things[2], things[1], site)
        return Iteration("islice", (things[0],), site, rounds)
    return Opaque(site)


def _mapped(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    if len(arguments.positional) < 2:
        return Opaque(site)
    function, first = arguments.positional[0], arguments.positional[1]
    known_items = pass_over(machine, first, site).known if len(arguments.positional) == 2 else None
    if known_items is not None and len(known_items) <= 16:
        results = tuple(machine.call(function, site, [item]) for item in known_items)
        return Sequence("list", results, site)
    return Iteration("map", (first,), site, Opaque(site))


def _repeat(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    times = arguments.get(1, "times")
    return Iteration("repeat", tuple(arguments.positional[:1]), site, as_number(machine, times) if times else None)


def _count(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    start = arguments.get(0, "start")
    number = as_number(machine, start) if start is not None else constant(0, site)
    return Iteration("count", (number or Opaque(site),), site)


def _collected(kind: str) -> Native:
    """Make `list(x)`, `tuple(x)`, `sorted(x)`: the elements where they are known, else something of the same length."""

    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        if not arguments.positional:
            return Sequence(kind, (), site)
        thing = arguments.positional[0]
        over = pass_over(machine, thing, site)
        if over.known is not None and kind != "sorted":
            items = over.known
            if kind == "set":
                return _distinct(items, site)
            return Sequence(kind, items, site)
        made = machine.new_object(("list" if kind == "sorted" else kind,), site)
        if over.length is not None and kind != "set":
            made.properties["length"] = over.length
        return made

    return apply


def _distinct(items: tuple[Datum, ...], site: Site) -> Datum:
    if all(isinstance(item, Scalar) and item.known for item in items):
        return Sequence("set", tuple({item.plain: item for item in items if isinstance(item, Scalar)}.values()), site)
    return Sequence("set", items, site, complete=False)


def _dict(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    made = Mapping({}, site)
    if arguments.positional:
        first = arguments.positional[0]
        pairs = pass_over(machine, first, site).known if isinstance(first, Sequence | Iteration) else None
        if pairs is not None and all(isinstance(pair, Sequence) and len(pair.items) == 2 for pair in pairs):
            for pair in pairs:
                key, value = pair.items  # type: ignore[attr-defined]
                if isinstance(key, Scalar) and key.known:
                    made.slots[key.plain] = value
                    made.key_sites[key.plain] = key.site
                else:
                    merge(made, Opaque(site))
        else:
            merge(made, _as_mapping(first))
    for name, datum in arguments.named.items():
        made.slots[name] = datum
        made.key_sites[name] = arguments.named_sites[name]
    if arguments.open_named is not None:
        merge(made, arguments.open_named)
    return made


def _as_mapping(thing: Datum) -> Datum:
    return thing


def _copied(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return copy_of(arguments.positional[0], site) if arguments.positional else None


def copy_of(thing: Datum, site: Site, depth: int = 0) -> Datum:
    """Return a copy of a container, and of the containers in it."""
    if isinstance(thing, Sequence) and depth < 8:
        return Sequence(
            thing.kind, tuple(copy_of(item, site, depth + 1) for item in thing.items), thing.site, thing.complete
        )
    if isinstance(thing, Mapping) and depth < 8:
        made = Mapping(
            {key: copy_of(value, site, depth + 1) for key, value in thing.entries.items()}, thing.site, thing.complete
        )
        made.key_sites.update(thing.key_sites)
        return made
    return thing


def _next(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return Opaque(site)


def _first(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return arguments.positional[0] if arguments.positional else Opaque(site)


def _every(function: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        thing = _only(arguments)
        items = thing.items if isinstance(thing, Sequence) and thing.complete else None
        if items is None:
            return unknown_scalar(site, "bool")
        held = [truth_of(machine, item) for item in items]
        stops = function == "any"
        if stops in held:
            return constant(stops, site)
        return unknown_scalar(site, "bool") if None in held else constant(not stops, site)

    return apply


# --- attributes by name ----------------------------------------------------------------------------------------------


def _getattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) < 2:
        return Opaque(site)
    owner, name = things[0], things[1]
    if not isinstance(name, Scalar) or not isinstance(name.plain, str):
        return Opaque(site)
    if len(things) == 2:
        return attribute(machine, owner, name.plain, site)
    found = find_attribute(machine, owner, name.plain, site)
    if found is not None and not isinstance(owner, Library):
        return found
    return things[2] if _is_closed(owner) else Opaque(site)


def _is_closed(owner: Datum) -> bool:
    """Tell whether all attributes of an object are known: it is made of nothing but code of the repository."""
    if isinstance(owner, Object):
        if owner.native is not None:
            return bool(owner.native == "namespace")
        return owner.cls is not None and not owner.cls.library_bases()
    return isinstance(owner, Class) and not owner.library_bases()


def _hasattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) == 2 and isinstance(things[1], Scalar) and isinstance(things[1].plain, str):
        found = find_attribute(machine, things[0], things[1].plain, site)
        if found is not None and not isinstance(things[0], Library):
            return constant(True, site)
        if _is_closed(things[0]):
            return constant(False, site)
    return unknown_scalar(site, "bool")


def _setattr(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    things = arguments.positional
    if len(things) == 3 and isinstance(things[1], Scalar) and isinstance(things[1].plain, str):
        assign_attribute(machine, things[0], things[1].plain, things[2], site)
    elif len(things) == 3 and isinstance(things[0], Object):
        for name in tuple(things[0].slots):
            machine.trail.store(things[0].slots, name, Opaque(site, "an attribute is set whose name is not known"))
    return constant(None, site)


def _vars(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    thing = _only(arguments)
    return attribute(machine, thing, "__dict__", site) if isinstance(thing, Object) else Opaque(site)


_PYTHON_TYPES = {
    "int": (int,), "float": (float,), "str": (str,), "bool": (bool,), "NoneType": (type(None),),
}  # fmt: skip


def _isinstance(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    if len(arguments.positional) != 2:
        return unknown_scalar(site, "bool")
    thing, wanted = arguments.positional
    classes = wanted.items if isinstance(wanted, Sequence) else (wanted,)
    held = [_is_a(thing, one) for one in classes]
    if True in held:
        return constant(True, site)
    return unknown_scalar(site, "bool") if None in held else constant(False, site)


def _is_a(thing: Datum, cls: Datum) -> bool | None:
    name = cls.dotted.removeprefix("builtins.") if isinstance(cls, Library) else ""
    if isinstance(thing, Scalar) and (thing.known or thing.kind):
        if isinstance(cls, Class):
            return False
        if name in _PYTHON_TYPES:
            kind = kind_of(thing)
            return kind == name or (name == "int" and kind == "bool")
        return False if name in ("dict", "list", "tuple", "set") else None
    if isinstance(thing, Mapping) and name:
        return name == "dict" if name in ("dict", "list", "tuple", "set", *_PYTHON_TYPES) else None
    if isinstance(thing, Sequence) and name:
        return name == thing.kind if name in ("dict", "list", "tuple", "set", *_PYTHON_TYPES) else None
    if isinstance(thing, Object):
        if isinstance(cls, Class):
            return cls in thing.cls.mro() if thing.cls is not None else None
        if isinstance(cls, Library):
            if cls.dotted in thing.types:
                return True
            return False if name in _PYTHON_TYPES and is_something(thing) and thing.cls is not None else None
    return None


def _type(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = _only(arguments)
    if isinstance(thing, Object) and thing.cls is not None:
        return thing.cls
    if isinstance(thing, Scalar) and kind_of(thing) in _PYTHON_TYPES:
        return Library(f"builtins.{kind_of(thing)}", site)
    return Opaque(site)


# --- the rest --------------------------------------------------------------------------------------------------------


def _nothing(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return constant(None, site)


def _leave(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    machine.raised = True
    return Opaque(site)


def _execute(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    """Code that is not there to read may set any global: what the file says is then open to change."""
    del arguments
    for name, value in tuple(machine.activation.scope.module.slots.items()):
        if isinstance(value, Scalar) and not value.overridable:
            changed = value.copy()
            changed.overridable = True
            machine.trail.store(machine.activation.scope.module.slots, name, changed)
    return constant(None, site)


def _partial(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    if not arguments.positional or arguments.open_named is not None:
        return None
    return Partial(arguments.positional[0], tuple(arguments.positional[1:]), dict(arguments.named), site)


def _cast(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    return arguments.positional[1] if len(arguments.positional) == 2 else Opaque(site)


def _environment(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    name = arguments.get(0, "key")
    if name is None:
        return Opaque(site)
    default = arguments.get(1, "default")
    if default is None:
        return roles.environment(machine, name, None, site)
    return roles.environment(machine, name, default, site)


def _callable(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
    thing = _only(arguments)
    return constant(True, site) if isinstance(thing, Function | Class | Bound) else unknown_scalar(site, "bool")


def _unknown(kind: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:  # noqa: ARG001
        return unknown_scalar(site, kind)

    return apply


TABLE: dict[str, Native] = {
    "builtins.len": _len,
    "builtins.int": _rounded("int"),
    "builtins.float": _float,
    "builtins.str": _str,
    "builtins.repr": _unknown("str"),
    "builtins.bool": _bool,
    "builtins.round": _round,
    "builtins.abs": _rounded("abs"),
    "builtins.min": _extreme("min"),
    "builtins.max": _extreme("max"),
    "builtins.sum": _sum,
    "builtins.pow": _power,
    "builtins.divmod": _divmod,
    "builtins.range": _range,
    "builtins.enumerate": _iteration("enumerate"),
    "builtins.zip": _iteration("zip"),
    "builtins.reversed": _iteration("reversed"),
    "builtins.map": _mapped,
    "builtins.iter": _first,
    "builtins.next": _next,
    "builtins.list": _collected("list"),
    "builtins.tuple": _collected("tuple"),
    "builtins.set": _collected("set"),
    "builtins.frozenset": _collected("set"),
    "builtins.sorted": _collected("sorted"),
    "builtins.dict": _dict,
    "builtins.any": _every("any"),
    "builtins.all": _every("all"),
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.vars": _vars,
    "builtins.isinstance": _isinstance,
    "builtins.type": _type,
    "builtins.callable": _callable,
    "builtins.print": _nothing,
    "builtins.exit": _leave,
    "builtins.quit": _leave,
    "builtins.exec": _execute,
    "builtins.open": files.open_file,
    "builtins.input": _unknown("str"),
    "math.ceil": _rounded("ceil"),
    "math.floor": _rounded("floor"),
    "math.trunc": _rounded("int"),
    "math.fabs": _plain_math("fabs"),
    "math.prod": _product,
    **{
        f"math.{name}": _plain_math(name)
        for name in ("sqrt", "log", "log2", "log10", "exp", "cos", "sin", "gcd", "isqrt", "pow")
    },
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "os.environ.setdefault": _environment,
    "os.path.join": files.joined_path,
    "os.path.abspath": _first,
    "os.path.realpath": _first,
    "os.path.expanduser": _first,
    "os.fspath": _first,
    "os.path.dirname": files.folder_of,
    "os.path.exists": _unknown("bool"),
    "os.path.isfile": _unknown("bool"),
    "os.path.isdir": _unknown("bool"),
    "pathlib.Path": files.make_path,
    "sys.exit": _leave,
    "os._exit": _leave,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "functools.partial": _partial,
    "typing.cast": _cast,
    "itertools.islice": _islice,
    "itertools.count": _count,
    "itertools.cycle": _iteration("cycle"),
    "itertools.repeat": _repeat,
    "collections.OrderedDict": _dict,
    "types.SimpleNamespace": declared.namespace,
    "argparse.Namespace": declared.namespace,
    "argparse.ArgumentParser": declared.parser,
    "dataclasses.field": declared.field,
    "dataclasses.asdict": declared.as_mapping,
    "dataclasses.replace": declared.replaced,
    "yaml.safe_load": configs.load_file,
    "yaml.load": configs.load_file,
    "yaml.full_load": configs.load_file,
    "yaml.unsafe_load": configs.load_file,
    "json.load": configs.load_file,
    "json.loads": configs.load_file,
    "tomllib.load": configs.load_file,
    "tomllib.loads": configs.load_file,
    "tomli.load": configs.load_file,
    "toml.load": configs.load_file,
}
