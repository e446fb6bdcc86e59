"""Learning-rate schedules with a warmup as a script makes them, whether or not a run that follows them is in sight."""

from __future__ import annotations

from epochlint.dialects.schedule_formulas import evaluated, names_behind
from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.knowledge.catalogue import Schedule
from epochlint.knowledge.store import Catalogue
from epochlint.places import Place
from epochlint.records import record
from epochlint.scripts.facts import Instance, Items, Number, Opaque, Reference, Script, Thing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from epochlint.expressions.algebra import Term

    Arguments: TypeAlias = "dict[str, tuple[Thing, Place, str]]"

TICKS = "ticks"


@record
class Given:
    """A number that is passed to a schedule: what it is made of, its value, and where it is passed."""

    form: Value
    value: Value
    place: Place
    text: str


@record
class Ending:
    """Where a schedule with a warmup ends, in ticks from its beginning; `last` is the argument that decides it.

    `as_passed` is the same end where that argument is taken as it is.
    """

    schedule: Schedule
    place: Place
    end: Value
    as_passed: Value
    last: Given
    warmup: Given


def endings(script: Script, catalogue: Catalogue) -> Iterator[Ending]:
    """Yield each schedule of a script that has a warmup and an end."""
    for instance in script.instances:
        schedule = _schedule_of(catalogue, instance)
        ending = _ending(script, catalogue, schedule, instance) if schedule is not None else None
        if ending is not None:
            yield ending


def term_of(form: Value) -> Term | None:
    from epochlint.expressions.algebra import constant

    if isinstance(form, Symbolic):
        return form.term
    if isinstance(form, Known) and type(form.value) is int and form.value:
        return constant(form.value)
    return None


def _ending(script: Script, catalogue: Catalogue, schedule: Schedule, instance: Instance) -> Ending | None:
    arguments = _arguments(schedule, instance)
    if schedule.composition == "sequential":
        return _of_sequence(script, catalogue, schedule, arguments, instance.place)
    if schedule.composition or not schedule.includes_warmup or schedule.length is None:
        return None
    warmup = next((_given(arguments, one.name) for one in schedule.parameters if "warmup" in one.name), None)
    found = _length(schedule, arguments)
    if warmup is None or found is None or found[1] is warmup:
        return None
    return Ending(schedule, instance.place, found[0], found[1].form, found[1], warmup)


def _of_sequence(
    script: Script, catalogue: Catalogue, schedule: Schedule, arguments: Arguments, place: Place
) -> Ending | None:
    """A sequence warms up in its first part; it ends with its last one, which begins at the last boundary."""
    marks = next((arguments.get(one.name) for one in schedule.parameters if str(one.unit) == TICKS), None)
    lists = [thing for thing, _, _ in arguments.values() if isinstance(thing, Items)]
    parts = next((one for one in lists if all(isinstance(item, Reference) for item in one.items)), None)
    if marks is None or parts is None or not isinstance(marks[0], Items):
        return None
    inside = marks[2].strip("[]() ,")
    boundaries = [_number_given(item, marks[1], inside) for item in marks[0].items]
    if len(parts.items) != len(boundaries) + 1 or len(boundaries) != 1 or boundaries[0] is None:
        return None
    last = parts.items[-1]
    instance = script.instance(last.id) if isinstance(last, Reference) else None
    inner = _schedule_of(catalogue, instance) if instance is not None else None
    if instance is None or inner is None or inner.composition or inner.length is None:
        return None
    found = _length(inner, _arguments(inner, instance))
    if found is None:
        return None
    return Ending(
        schedule,
        place,
        _sum(boundaries[0].form, found[0]),
        _sum(boundaries[0].form, found[1].form),
        found[1],
        boundaries[0],
    )


def _length(schedule: Schedule, arguments: Arguments) -> tuple[Value, Given] | None:
    """Return the length of a schedule over its forms, and the argument that gives it."""
    if schedule.length is None:
        return None
    named = names_behind(schedule, schedule.length)
    givers = [one for name in named if "warmup" not in name and (one := _given(arguments, name)) is not None]
    if len(givers) != 1:
        return None
    values: dict[str, Value] = {}
    for parameter in schedule.parameters:
        given = _given(arguments, parameter.name)
        default: Value = Known(parameter.default) if parameter.has_default else UNKNOWN
        values[parameter.name] = given.form if given is not None else default
    end = evaluated(schedule, schedule.length, values)
    return None if isinstance(end, Unknown) else (end, givers[0])


def _sum(left: Value, right: Value) -> Value:
    from epochlint.expressions.algebra import add

    one, other = term_of(left), term_of(right)
    return Symbolic(add(one, other)) if one is not None and other is not None else UNKNOWN


def _arguments(schedule: Schedule, instance: Instance) -> Arguments:
    names = [one.name for one in schedule.parameters]
    found: Arguments = {}
    for argument in instance.arguments:
        name = argument.name
        if name.isdigit() and int(name) < len(names):
            name = names[int(name)]
        found[name] = (argument.thing, argument.place, argument.text)
    return found


def _given(arguments: Arguments, name: str) -> Given | None:
    found = arguments.get(name)
    return _number_given(*found) if found is not None else None


def _number_given(thing: Thing, place: Place, text: str) -> Given | None:
    if isinstance(thing, Opaque) and thing.text.replace(".", "_").isidentifier():
        from epochlint.expressions.algebra import symbol

        return Given(Symbolic(symbol(thing.text)), UNKNOWN, place, text)
    if not isinstance(thing, Number):
        return None
    return Given(thing.form if thing.form is not None else thing.value, thing.value, place, text)


def _schedule_of(catalogue: Catalogue, instance: Instance) -> Schedule | None:
    for name in instance.types:
        for found in catalogue.schedules_for_call(name):
            return catalogue.schedule(found)
    return None
