"""Functions that make or pass over containers: `range`, `zip`, `list`, `dict`, `itertools` and others."""

from __future__ import annotations

from epochlint.scripts.arguments import Arguments
from epochlint.scripts.binary import binary, merge
from epochlint.scripts.containers import Iteration, Mapping, Range, Sequence
from epochlint.scripts.iterating import pass_over
from epochlint.scripts.number_functions import only
from epochlint.scripts.operators import kind_of
from epochlint.scripts.things import Datum, Opaque, Scalar, constant, unknown_scalar
from epochlint.scripts.truths import as_number, truth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

    Native = Callable[[Machine, Arguments, Site], Datum | None]


def _range(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    numbers = [as_number(machine, one) for one in arguments.positional]
    if not 1 <= len(numbers) <= 3 or any(number is None for number in numbers):
        return Opaque(site)
    if any(kind_of(number) != "int" or number.overridable for number in numbers if number is not None):
        machine.note_operation("range", site, tuple(number for number in numbers if number is not None))
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
            merge(made, first)
    for name, datum in arguments.named.items():
        made.slots[name] = datum
        made.key_sites[name] = arguments.named_sites[name]
    if arguments.open_named is not None:
        merge(made, arguments.open_named)
    return made


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


def _every(function: str) -> Native:
    def apply(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
        thing = only(arguments)
        items = thing.items if isinstance(thing, Sequence) and thing.complete else None
        if items is None:
            return unknown_scalar(site, "bool")
        held = [truth_of(machine, item) for item in items]
        stops = function == "any"
        if stops in held:
            return constant(stops, site)
        return unknown_scalar(site, "bool") if None in held else constant(not stops, site)

    return apply


TABLE: dict[str, Native] = {
    "builtins.range": _range,
    "builtins.enumerate": _iteration("enumerate"),
    "builtins.zip": _iteration("zip"),
    "builtins.reversed": _iteration("reversed"),
    "builtins.map": _mapped,
    "builtins.next": _next,
    "builtins.list": _collected("list"),
    "builtins.tuple": _collected("tuple"),
    "builtins.set": _collected("set"),
    "builtins.frozenset": _collected("set"),
    "builtins.sorted": _collected("sorted"),
    "builtins.dict": _dict,
    "builtins.any": _every("any"),
    "builtins.all": _every("all"),
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "itertools.islice": _islice,
    "itertools.count": _count,
    "itertools.cycle": _iteration("cycle"),
    "itertools.repeat": _repeat,
    "collections.OrderedDict": _dict,
}
