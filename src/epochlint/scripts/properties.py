"""Properties of things: how long they are, what shape they have, and what the APIs' data tell of them."""

from __future__ import annotations

from epochlint.expressions.values import NONE, UNKNOWN, Known, Unknown, Value
from epochlint.scripts import cuts
from epochlint.scripts.callables import Bound, Function, Library, Method
from epochlint.scripts.containers import DECLARED, Iteration, Mapping, Range, Sequence
from epochlint.scripts.machine import line_of
from epochlint.scripts.operators import binary, combine
from epochlint.scripts.symbolic import call as call_function
from epochlint.scripts.symbolic import is_count
from epochlint.scripts.things import Choice, Datum, Object, Opaque, Scalar, constant
from epochlint.scripts.truths import as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.expressions.trees import Expression
    from epochlint.expressions.units import Unit
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.sites import Site

DEEPEST_NESTING = 6
_OF_GENERATORS = ("length", "endless", "cycle", *cuts.PROPERTIES)
_NEVER_UNSAID = ("length", "rows", "value")  # they have ways of their own


class Binding:
    """What the names in an API's formulas stand for in one call: its arguments, and the object it is a method of."""

    __slots__ = ("api", "arguments", "busy", "receiver", "site")

    def __init__(self, api: Api, arguments: dict[str, Datum], receiver: Datum | None, site: Site) -> None:
        self.api = api
        self.arguments = arguments
        self.receiver = receiver
        self.site = site
        self.busy: set[str] = set()  # properties that are being evaluated


def property_of(machine: Machine, thing: Datum, name: str) -> Datum | None:
    """Return a property of a thing; None if it does not have it, or nobody can tell."""
    known = getattr(thing, "properties", None)
    if known is not None and name in known:
        return known[name]  # type: ignore[no-any-return]
    found = _find(machine, thing, name)
    if found is not None and isinstance(thing, Object) and thing.bindings:
        thing.properties[name] = found
    return found


def _find(machine: Machine, thing: Datum, name: str) -> Datum | None:
    if isinstance(thing, Object):
        for binding in thing.bindings:
            found = given(machine, binding, name)
            if found is not None:
                return found
            found = _unsaid(machine, thing, binding, name)
            if found is not None:
                return found
    if isinstance(thing, Function | Bound) and name in _OF_GENERATORS:
        return _of_what_it_gives(machine, thing, name)
    if name == "length":
        return _length(machine, thing)
    if name == "rows":
        return _rows(machine, thing)
    if name in ("total_length", "shortest_length") and isinstance(thing, Sequence):
        return _length_of_all(machine, thing, name)
    if isinstance(thing, Object):
        if thing.cls is not None and name in cuts.PROPERTIES:
            found = cuts.of_items(machine, thing).get(name)
            if found is not None:
                return found
        attribute = thing.slots.get(name) or thing.argument(name)
        if attribute is not None:
            return attribute
        return _default(thing, name)
    if isinstance(thing, Mapping):
        return thing.entries.get(name)
    return None


def _of_what_it_gives(machine: Machine, function: Function | Bound, name: str) -> Datum | None:
    """Return a property of the generator that a function gives when it is called with nothing."""
    machine.silent += 1
    try:
        given_back = machine.call(function, function.site)
    finally:
        machine.silent -= 1
    is_generator = isinstance(given_back, Object) and "generator" in given_back.types
    return given_back.properties.get(name) if is_generator else None  # type: ignore[attr-defined]


def _unsaid(machine: Machine, thing: Object, binding: Binding, name: str) -> Datum | None:
    """Return a symbol for a number of which an API tells the unit and no formula: how many processes there are."""
    api = binding.api
    unit = next((unit for known, unit in api.units if known == name), None)
    if (
        unit is None
        or binding.receiver is not None
        or name in _NEVER_UNSAID
        or any(name == one for one, _ in api.gives)
    ):
        return None
    text = f"{thing.name}.{name}" if thing.name else name
    value = machine.symbols.symbol(text, ("unsaid", id(binding), name), unit, line_of(binding.site), True)
    machine.globals_kept.append(binding)
    return Scalar(value, binding.site, "computed", None, "int")


def _default(thing: Object, name: str) -> Datum | None:
    for binding in thing.bindings:
        if binding.receiver is None:
            for parameter in binding.api.parameters:
                if parameter.name == name and parameter.has_default:
                    return constant(parameter.default, None)
    return None


def _length(machine: Machine, thing: Datum) -> Datum | None:
    if isinstance(thing, Sequence):
        length = constant(len(thing.items), thing.site)
        length.overridable = DECLARED in thing.properties
        # A list that is made empty is there to be filled, perhaps where nobody can follow: `groups[key].append(row)`.
        told = thing.complete and (thing.items or thing.kind != "list")
        return length if told else None
    if isinstance(thing, Mapping):
        return constant(len(thing.entries), thing.site) if thing.complete else None
    if isinstance(thing, Scalar):
        return constant(len(thing.plain), thing.site) if isinstance(thing.plain, str | tuple) else None
    if isinstance(thing, Range):
        return range_length(thing)
    if isinstance(thing, Iteration):
        from epochlint.scripts.iterating import iteration_length

        return iteration_length(machine, thing)
    if isinstance(thing, Object):
        shape = property_of(machine, thing, "shape")
        if isinstance(shape, Sequence) and shape.items:
            return as_number(machine, shape.items[0])
        if thing.cls is not None and thing.cls.find("__len__") is not None:
            return _own_length(machine, thing)
    return None


def _own_length(machine: Machine, thing: Object) -> Datum | None:
    """Evaluate an object's own `__len__`."""
    machine.silent += 1
    try:
        result = machine.call(Method(thing, "__len__", thing.site), thing.site)
    finally:
        machine.silent -= 1
    return result if isinstance(result, Scalar) else None


def _rows(machine: Machine, thing: Datum, depth: int = 0) -> Datum | None:
    """Return the length of the first array in a nest of tuples, lists and dicts."""
    if depth < DEEPEST_NESTING and isinstance(thing, Sequence | Mapping):
        items = thing.items if isinstance(thing, Sequence) else tuple(thing.entries.values())
        if items and not isinstance(items[0], Scalar):
            return _rows(machine, items[0], depth + 1) or length_of(machine, items[0], items[0].text)
    return property_of(machine, thing, "length")


def _length_of_all(machine: Machine, thing: Sequence, name: str) -> Datum | None:
    """Return the sum of the lengths of the elements of a list, or the least of them."""
    if not thing.complete or not thing.items:
        return None
    total = length_of(machine, thing.items[0], thing.items[0].text)
    for item in thing.items[1:]:
        length = length_of(machine, item, item.text)
        if name == "total_length":
            total = binary("+", total, length, thing.site)
        else:
            total = Scalar(call_function("min", (total.value, length.value)), thing.site, "computed", None, "int")
    return total


def range_length(thing: Range) -> Scalar:
    """Return how many numbers a range has: max(0, ceil((stop - start) / step))."""
    start, stop, step = thing.start, thing.stop, thing.step
    if all(isinstance(part.plain, int) for part in (start, stop, step)):
        if step.plain == 0:
            return Scalar(UNKNOWN, thing.site)
        return constant(numbers_in(range(start.plain, stop.plain, step.plain)), thing.site)  # type: ignore[arg-type]
    if start.plain == 0 and step.plain == 1:
        return stop  # nobody counts to a negative number
    span = binary("-", stop, start, thing.site)
    value = at_least_nothing(
        call_function("ceil", (combine("/", span.value, step.value),)) if step.plain != 1 else span.value
    )
    if step.plain == 1 and value == span.value:
        return span
    result = Scalar(value, thing.site, "computed", ("ceil", binary("/", span, step, thing.site)), "int")
    result.overridable = span.overridable or step.overridable
    return result


def numbers_in(numbers: range) -> int:
    """Return how many numbers a range has; `len` refuses to count beyond the machine's word."""
    return (numbers[-1] - numbers[0]) // numbers.step + 1 if numbers else 0


def at_least_nothing(value: Value) -> Value:
    """Return a number of rounds: where it may come out negative there are none."""
    if isinstance(value, Unknown) or is_count(value):
        return value
    return call_function("max", (Known(0), value))


def length_of(machine: Machine, thing: Datum, text: str, unit: Unit | None = None) -> Scalar:
    """Return the length of a thing: known, computed over symbols, or a symbol of its own called `len(text)`."""
    if isinstance(thing, Choice):
        from epochlint.scripts.joining import join

        lengths = [(when, length_of(machine, one, text, unit)) for when, one in thing.alternatives]
        joined = join(list(lengths), thing.site)
        if isinstance(joined, Scalar) and not isinstance(joined.value, Unknown):
            return joined
        machine.globals_kept.append(thing)
        value = machine.symbols.symbol(f"len({text})", ("len", id(thing)), unit, line_of(thing.site), True)
        return Scalar(value, thing.site, "computed", ("len", thing, None), "int")
    found = property_of(machine, thing, "length")
    unit = unit_of_property(thing, "length") or unit
    line = line_of(thing.site)
    if isinstance(found, Scalar) and not isinstance(found.value, Unknown) and found.value != NONE:
        length = found.copy()
    elif isinstance(thing, Opaque | Object | Library | Iteration | Mapping | Sequence):
        value = machine.symbols.symbol(f"len({text})", ("len", id(thing)), unit, line, True)
        machine.globals_kept.append(thing)
        length = Scalar(value, thing.site, "computed", None, "int")
        if isinstance(thing, Opaque | Object | Library):
            thing.properties["length"] = length
    elif isinstance(thing, Library):
        # Something imported, whose module nobody can see: the same name is the same thing wherever it is used.
        value = machine.symbols.symbol(f"len({text})", ("len", thing.dotted), unit, line, True)
        length = Scalar(value, thing.site, "computed", None, "int")
        length.label, length.key, length.made = f"len({text})", ("len", thing.dotted), ("len", thing, None)
        return length
    else:
        return Scalar(UNKNOWN, thing.site, "computed", None, "int")
    if not isinstance(thing, Scalar | Range):
        length.label, length.key, length.unit = f"len({text})", ("len", id(thing)), unit
    length.made = ("len", thing, found.made if isinstance(found, Scalar) else None)
    return length


def unit_of_property(thing: Datum, name: str) -> Unit | None:
    """Return the unit that the APIs give a property of a thing, None if they do not."""
    if isinstance(thing, Object):
        for binding in thing.bindings:
            for known, unit in binding.api.units:
                if known == name:
                    return unit
    return None


# --- formulas of APIs ------------------------------------------------------------------------------------------------


def given(machine: Machine, binding: Binding, name: str) -> Datum | None:
    """Return a property as an API's formula gives it; None if the API says nothing of it."""
    expression = next((expression for known, expression in binding.api.gives if known == name), None)
    if expression is None or name in binding.busy:
        return None
    binding.busy.add(name)
    try:
        if expression.tree[0] == "name":
            return _normal(name, _meaning(machine, binding, expression.tree[1]), binding.site)
        expression = _chosen(machine, binding, expression)
        if expression.tree[0] == "name":
            found = _meaning(machine, binding, expression.tree[1])
            if isinstance(found, Scalar):
                return _normal(name, found, binding.site)  # with where it was written, and what it was made of
        value = _evaluated(machine, binding, expression)
    finally:
        binding.busy.discard(name)
    kind = "int" if name in ("length", "rows", "batches") else ""
    return _normal(name, Scalar(value, binding.site, "computed", None, kind), binding.site)


def _chosen(machine: Machine, binding: Binding, expression: Expression) -> Expression:
    """Return the side of a conditional that is taken, as far as that is known."""
    from epochlint.expressions.evaluate import truth
    from epochlint.expressions.trees import Expression

    while expression.tree[0] == "if":
        _, condition, taken, otherwise = expression.tree
        held = truth(_evaluated(machine, binding, Expression(expression.text, condition)))
        if held is None:
            break
        expression = Expression(expression.text, taken if held else otherwise)
    return expression


def _evaluated(machine: Machine, binding: Binding, expression: Expression) -> Value:
    from epochlint.expressions.evaluate import evaluate

    special = {
        "given": lambda argument: Known(_is_given(binding, argument)),
        "is_a": lambda argument, *types: Known(_is_a(machine, binding, argument, types)),
    }
    return evaluate(expression, lambda asked: value_of(machine, _meaning(machine, binding, asked)), special)


def _normal(name: str, found: Datum | None, site: Site) -> Datum | None:
    """Return a shape as a tuple, also where a single number or a list was given."""
    if name != "shape" or found is None:
        return found
    if isinstance(found, Scalar):
        if isinstance(found.plain, tuple):
            return Sequence("tuple", tuple(constant(part, site) for part in found.plain), site)
        return Sequence("tuple", (found,), site)
    if isinstance(found, Sequence):
        return Sequence("tuple", found.items, found.site, found.complete)
    return None


def _meaning(machine: Machine, binding: Binding, name: str) -> Datum | None:
    """Return what a name in an API's formula stands for; None for nothing at all (an argument that is not given)."""
    head, *path = name.split(".")
    thing: Datum | None
    if head == "self":
        thing = binding.receiver
    elif head in binding.arguments:
        thing = binding.arguments[head]
    else:
        own = given(machine, binding, head)
        if own is not None:
            thing = own
        else:
            parameter = next((one for one in binding.api.parameters if one.name == head), None)
            thing = constant(parameter.default, None) if parameter is not None and parameter.has_default else None
            thing = thing or _uncounted(machine, binding, head)
    for part in path:
        if thing is None:
            return None
        thing = _part(machine, binding, thing, part, head)
    return thing


def _uncounted(machine: Machine, binding: Binding, name: str) -> Datum | None:
    """Return a symbol for a number that only has a unit in the API's data: how many rows a source of data holds."""
    unit = next((unit for known, unit in binding.api.units if known == name), None)
    if unit is None or any(name == one for one, _ in binding.api.gives):
        return None
    machine.globals_kept.append(binding)
    value = machine.symbols.symbol(name, ("uncounted", id(binding), name), unit, line_of(binding.site), True)
    return Scalar(value, binding.site, "computed", None, "int")


def _part(machine: Machine, binding: Binding, thing: Datum, part: str, head: str) -> Datum | None:
    if part in ("length", "rows"):
        found = property_of(machine, thing, part)
        if found is not None and not (isinstance(found, Scalar) and isinstance(found.value, Unknown)):
            return found
        if isinstance(thing, Opaque | Object | Library | Choice | Iteration):
            parameter = next((one for one in binding.api.parameters if one.name == head), None)
            return length_of(machine, thing, thing.text, parameter.unit if parameter is not None else None)
        return Scalar(UNKNOWN, binding.site)
    return property_of(machine, thing, part)


def _is_given(binding: Binding, name: str) -> bool:
    thing = binding.arguments.get(name)
    return thing is not None and not (isinstance(thing, Scalar) and thing.known and thing.plain is None)


def _is_a(machine: Machine, binding: Binding, name: str, types: tuple[str, ...]) -> bool:
    thing = _meaning(machine, binding, name)
    if not isinstance(thing, Object):
        return False
    wanted = [(one.partition(".")[0], one.rpartition(".")[2]) for one in types]
    return any((have.partition(".")[0], have.rpartition(".")[2]) in wanted for have in thing.types)


def value_of(machine: Machine, thing: Datum | None) -> Value:
    """Return a thing as a value of the formula language."""
    if thing is None:
        return Known(None)
    if isinstance(thing, Scalar):
        return thing.value
    if isinstance(thing, Sequence):
        values = [value_of(machine, one) for one in thing.items] if thing.complete else [UNKNOWN]
        known = tuple(value.value for value in values if isinstance(value, Known))
        return Known(known) if len(known) == len(values) else UNKNOWN
    if isinstance(thing, Opaque):
        if thing.kind in ("", "int", "float"):
            return machine.symbols.number_of(thing, line_of(thing.site)).value
        return UNKNOWN
    return UNKNOWN
