"""Going through things: how many rounds that takes, what each round gives, and taking things apart."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Value
from epochlint.scripts.callables import Function, Library
from epochlint.scripts.containers import Iteration, Mapping, Range, Sequence
from epochlint.scripts.joining import join
from epochlint.scripts.machine import line_of
from epochlint.scripts.properties import length_of, property_of, range_length
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant, unknown_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.scripts.machine import Machine
    from epochlint.scripts.recording import Loop
    from epochlint.scripts.sites import Site

ENDLESS = ("count", "cycle", "repeat")


class Pass:
    """One pass over a thing. `known` are its elements where each is known; `length` is None where it never ends.

    `element` makes what a round gives, for a loop and the names it is bound to. `over` is the thing itself, without
    what is
    wrapped around it.
    """

    __slots__ = ("element", "kind", "known", "length", "over", "start")

    def __init__(
        self, kind: str, over: Datum, length: Scalar | None, element: Callable[[Loop, tuple[str, ...]], Datum]
    ) -> None:
        self.kind = kind
        self.over = over
        self.length = length
        self.element = element
        self.start: Value = UNKNOWN
        self.known: tuple[Datum, ...] | None = None


def pass_over(machine: Machine, thing: Datum, site: Site) -> Pass:
    """Return what going through a thing once means."""
    if isinstance(thing, Range):
        return _over_range(machine, thing, site)
    if isinstance(thing, Iteration):
        return _over_iteration(machine, thing, site)
    if isinstance(thing, Sequence):
        length = length_of(machine, thing, thing.text)
        made = Pass("items", thing, length, lambda loop, _names: _joined_element(thing.items, thing.complete, loop))
        made.known = thing.items if thing.complete else None
        return made
    if isinstance(thing, Mapping):
        keys = tuple(constant(key, thing.key_sites.get(key)) for key in thing.entries)
        made = Pass(
            "items", thing, length_of(machine, thing, thing.text), lambda loop, _names: Opaque(loop.target or loop.site)
        )
        made.known = keys if thing.complete else None
        return made
    if isinstance(thing, Scalar) and isinstance(thing.plain, str):
        made = Pass(
            "items", thing, constant(len(thing.plain), site), lambda loop, _names: unknown_scalar(loop.site, "str")
        )
        made.known = tuple(constant(letter, site) for letter in thing.plain[:100]) if len(thing.plain) <= 100 else None
        return made
    endless = property_of(machine, thing, "endless") if isinstance(thing, Object) else None
    if isinstance(endless, Scalar) and endless.plain is True:
        return Pass("endless", thing, None, lambda loop, _names: _element(thing, loop))
    text = thing.dotted.rpartition(".")[2] if isinstance(thing, Library) else thing.text
    countable = isinstance(thing, Object | Opaque | Choice | Library)
    length = length_of(machine, thing, text) if countable else unknown_scalar(site, "int")
    if _streams(thing):
        # How much comes out of a stream is told by its code, not by the length it declares.
        name = f"rounds over {text}"
        length = Scalar(machine.symbols.symbol(name, ("rounds", id(thing)), None, line_of(thing.site), True), site)
        length.kind = "int"
        machine.globals_kept.append(thing)
    return Pass("items", thing, length, lambda loop, _names: _element(thing, loop))


def _streams(thing: Datum, depth: int = 0) -> bool:
    """Tell whether a thing is gone through by an `__iter__` of the repository's, or is made of such a thing."""
    if not isinstance(thing, Object) or depth > 3:
        return False
    if thing.cls is not None and isinstance(thing.cls.find("__iter__"), Function):
        return True
    return any(_streams(value, depth + 1) for binding in thing.bindings for value in binding.arguments.values())


def _element(thing: Datum, loop: Loop) -> Datum:
    if isinstance(thing, Object) and thing.element is not None:
        return thing.element
    return Opaque(loop.target or loop.site, "an element of something unknown")


def _joined_element(items: tuple[Datum, ...], complete: bool, loop: Loop) -> Datum:
    """Return what one of the elements is, when nobody knows which."""
    if not items or not complete:
        return Opaque(loop.target or loop.site)
    return join([("", item) for item in items], loop.site)


def counting_variable(machine: Machine, loop: Loop, name: str, counts_rounds: bool, kind: str = "int") -> Scalar:
    """Return the variable of a loop as a symbol of its own; `counts_rounds` if it goes up by one each round."""
    value = machine.symbols.symbol(
        name or "round", ("loop", loop.token, name), None, line_of(loop.site), False, kind == "int"
    )
    made = ("var", loop) if counts_rounds else None
    variable = Scalar(value, loop.site, "computed", made, kind)
    variable.label, variable.key = name, ("loop", loop.token, name)
    if counts_rounds:
        loop.counter = variable
    return variable


def _over_range(machine: Machine, thing: Range, site: Site) -> Pass:
    length = range_length(thing)
    kind = "int" if length.kind != "float" else ""

    def element(loop: Loop, names: tuple[str, ...]) -> Datum:
        return counting_variable(machine, loop, names[0] if names else "", thing.step.plain == 1, kind)

    made = Pass("range", thing, length, element)
    made.start = thing.start.value
    if (
        isinstance(length.plain, int)
        and length.plain <= 64
        and all(isinstance(p.plain, int) for p in (thing.start, thing.step))
    ):
        first, step = thing.start.plain, thing.step.plain
        made.known = tuple(constant(first + index * step, site) for index in range(length.plain))  # type: ignore[operator]
    return made


def _over_iteration(machine: Machine, thing: Iteration, site: Site) -> Pass:
    if thing.kind == "enumerate":
        return _over_enumerate(machine, thing, site)
    if thing.kind == "zip":
        return _over_zip(machine, thing, site)
    if thing.kind in ("items", "keys", "values"):
        return _over_entries(machine, thing, site)
    if thing.kind in ENDLESS and (thing.kind != "repeat" or thing.extra is None):
        inner = pass_over(machine, thing.parts[0], site) if thing.kind == "cycle" else None
        if thing.kind == "count":
            made = Pass(
                "endless",
                thing,
                None,
                lambda loop, names: counting_variable(machine, loop, names[0] if names else "", True),
            )
            made.start = thing.parts[0].value if isinstance(thing.parts[0], Scalar) else UNKNOWN
            return made
        over = inner.over if inner is not None else thing
        return Pass("endless", over, None, inner.element if inner is not None else lambda _loop, _names: thing.parts[0])
    if thing.kind in ("map", "generator"):
        inner = pass_over(machine, thing.parts[-1], site)
        return Pass(
            inner.kind, inner.over, inner.length, lambda loop, _names: thing.extra or Opaque(loop.target or loop.site)
        )
    inner = pass_over(machine, thing.parts[0], site)
    made = Pass(inner.kind, inner.over, iteration_length(machine, thing), inner.element)
    made.start = inner.start
    if thing.kind == "reversed":
        made.start, made.element = (
            UNKNOWN,
            lambda loop, _names: unknown_scalar(loop.site, "int" if inner.kind == "range" else ""),
        )
    if inner.known is not None and thing.kind in ("reversed", "islice") and isinstance(made.length, Scalar):
        known = inner.known[::-1] if thing.kind == "reversed" else inner.known
        made.known = known[: made.length.plain] if isinstance(made.length.plain, int) else None
    return made


def _over_enumerate(machine: Machine, thing: Iteration, site: Site) -> Pass:
    inner = pass_over(machine, thing.parts[0], site)
    start = thing.extra if isinstance(thing.extra, Scalar) else constant(0, site)

    def element(loop: Loop, names: tuple[str, ...]) -> Datum:
        variable = counting_variable(machine, loop, names[0] if names else "", True)
        return Sequence("tuple", (variable, inner.element(loop, names[1:])), loop.site)

    made = Pass(inner.kind, inner.over, inner.length, element)
    made.start = start.value
    if inner.known is not None and isinstance(start.plain, int):
        first = start.plain
        made.known = tuple(
            Sequence("tuple", (constant(first + index, site), item), site) for index, item in enumerate(inner.known)
        )
    return made


def _over_zip(machine: Machine, thing: Iteration, site: Site) -> Pass:
    inner = [pass_over(machine, part, site) for part in thing.parts]

    def element(loop: Loop, names: tuple[str, ...]) -> Datum:
        named = names if len(names) >= len(inner) else (*names, *[""] * len(inner))
        return Sequence(
            "tuple", tuple(one.element(loop, (name,)) for one, name in zip(inner, named, strict=False)), loop.site
        )

    # What is gone through is the loader among them, not the range that ends it.
    main = next((one for one in inner if one.kind != "range"), inner[0]) if inner else None
    made = Pass(main.kind if main else "items", main.over if main else thing, iteration_length(machine, thing), element)
    counting = next((one for one in inner if one.kind == "range"), None)
    if counting is not None:
        made.start = counting.start
    if inner and all(one.known is not None for one in inner):
        rows = zip(*[one.known or () for one in inner], strict=False)
        made.known = tuple(Sequence("tuple", tuple(row), site) for row in rows)
    if inner and all(one.length is None for one in inner):
        made.kind, made.length = "endless", None
    return made


def _over_entries(machine: Machine, thing: Iteration, site: Site) -> Pass:
    owner = thing.parts[0]
    length = length_of(machine, owner, owner.text)
    made = Pass("items", owner, length, lambda loop, _names: Opaque(loop.target or loop.site))
    if isinstance(owner, Mapping) and owner.complete:
        known: list[Datum] = []
        for key, value in owner.entries.items():
            name = constant(key, owner.key_sites.get(key))
            pair = Sequence("tuple", (name, value), owner.key_sites.get(key) or site)
            known.append(pair if thing.kind == "items" else name if thing.kind == "keys" else value)
        made.known = tuple(known)
    return made


def iteration_length(machine: Machine, thing: Iteration) -> Scalar | None:
    """Return how many rounds an iteration takes, None if it never ends."""
    if thing.kind in ENDLESS:
        return thing.extra if isinstance(thing.extra, Scalar) and thing.kind == "repeat" else None
    lengths: list[Scalar] = []
    for part in thing.parts if thing.kind == "zip" else thing.parts[-1:] if thing.kind == "map" else thing.parts[:1]:
        one = pass_over(machine, part, thing.site).length
        if one is not None:
            lengths.append(one)
    if not lengths and thing.kind != "islice":
        return None
    if thing.kind == "islice":
        if not isinstance(thing.extra, Scalar):
            return unknown_scalar(thing.site, "int")
        lengths.append(thing.extra)
    if len(lengths) == 1:
        return lengths[0]
    value = call_function("min", tuple(length.value for length in lengths))
    result = Scalar(value, thing.site, "computed", ("min", tuple(lengths)), "int")
    result.overridable = any(length.overridable for length in lengths)
    return result


def elements_of(
    machine: Machine, thing: Datum, count: int, site: Site, *, exact: bool, sites: list[Site] | None = None
) -> list[Datum]:
    """Take a thing apart into `count` elements (as many as it has, if not `exact`); unknown ones are the same each
    time.

    `sites` are where the elements go: unknown ones are called by that.
    """
    places = sites or [site] * count
    if isinstance(thing, Sequence) and thing.complete and (len(thing.items) == count or not exact):
        return list(thing.items)
    if isinstance(thing, Choice):
        sides = [(when, elements_of(machine, one, count, site, exact=exact)) for when, one in thing.alternatives]
        if all(len(items) == count for _, items in sides):
            return [join([(when, items[index]) for when, items in sides], site) for index in range(count)]
    if isinstance(thing, Object):
        from epochlint.scripts.library import unpacked

        parts = unpacked(machine, thing, count, site)
        if parts is not None:
            return parts
    if isinstance(thing, Range | Iteration):
        known = pass_over(machine, thing, site).known
        if known is not None and len(known) == count:
            return list(known)
    cache = getattr(thing, "parts", None)
    if not isinstance(cache, dict):
        return [Opaque(places[index]) for index in range(count)]
    parts = []
    for index in range(count):
        key = ("[", int, index)
        if key not in cache:
            cache[key] = Opaque(places[index])
        parts.append(cache[key])
    return parts
