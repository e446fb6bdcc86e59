"""From the interpreter's mutable things to the frozen facts that leave the room."""

from __future__ import annotations

from epochlint.expressions.values import Known, OneOf, Symbolic, Value
from epochlint.places import Place
from epochlint.scripts import facts, recording
from epochlint.scripts.callables import Bound, Class, Function, Library, Partial
from epochlint.scripts.containers import Iteration, Mapping, Range, Sequence
from epochlint.scripts.cuts import of_items
from epochlint.scripts.files import File
from epochlint.scripts.forms import form_of
from epochlint.scripts.joining import merged
from epochlint.scripts.making import new_argument, new_number
from epochlint.scripts.operators import kind_of
from epochlint.scripts.properties import property_of
from epochlint.scripts.roles import ENVIRONMENT
from epochlint.scripts.sites import place_of, text_of
from epochlint.scripts.things import Choice, Datum, Object, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.things import Passed

DEEPEST = 12
NOWHERE = Place("", 1, 1, 1, 1)
# Tables and lists of more entries than this are cut; no configuration of a training run is so long.
MOST_ENTRIES = 2_000


def argument_of(machine: Machine, passed: Passed, frozen: facts.Thing | None = None) -> facts.Argument:
    """Return an argument of a call; `frozen` is what it was then, where it can have changed since."""
    place = place_of(passed.site) or passed.datum.place or NOWHERE
    thing = frozen if frozen is not None else thing_of(machine, passed.datum, place)
    return new_argument(passed.name, thing, place, text_of(passed.site))


def arguments_of(machine: Machine, call: recording.Call) -> tuple[facts.Argument, ...]:
    frozen = call.frozen or {}
    return tuple([argument_of(machine, passed, frozen.get(passed.name)) for passed in call.passed])


def thing_of(machine: Machine, datum: Datum, fallback: Place = NOWHERE, depth: int = 0) -> facts.Thing:
    """Return a thing as a fact; `fallback` is the place of what has none."""
    if isinstance(datum, Scalar):
        return number_of(machine, datum)
    if isinstance(datum, Object):
        return facts.Reference(datum.id)
    place = datum.place or fallback
    if isinstance(datum, Choice):
        datum = merged(datum) or datum
    if depth < DEEPEST:
        if isinstance(datum, Sequence) and datum.complete:
            items = [thing_of(machine, item, place, depth + 1) for item in datum.items[:MOST_ENTRIES]]
            return facts.Items(tuple(items), place)
        if isinstance(datum, Mapping):
            return _table(machine, datum, place, depth)
    if isinstance(datum, Function):
        return facts.Routine(datum.name, place)
    if isinstance(datum, Bound):
        return facts.Routine(datum.function.name, datum.function.place or place)
    if isinstance(datum, Class):
        return facts.Routine(datum.name, place)
    if isinstance(datum, Library):
        return facts.Opaque(machine.apis.canonical(datum.dotted), place, "library")
    if isinstance(datum, File) and datum.path is not None:
        return facts.Number(Known(datum.path), place, "literal", datum.text, datum.overridable, None, "str")
    reason = getattr(datum, "reason", "")
    if isinstance(datum, Choice):
        reason = " or ".join(when for when, _ in datum.alternatives if when)
    return facts.Opaque(datum.text, place, reason if isinstance(reason, str) else "")


def environment(machine: Machine) -> tuple[tuple[str, facts.Number], ...]:
    """Return the variables of the environment that the script sets or has defaults for."""
    return tuple(
        (key[1], number_of(machine, datum))
        for key, datum in machine.shared.items()
        if key[0] == ENVIRONMENT and isinstance(datum, Scalar)
    )


def _table(machine: Machine, datum: Mapping, place: Place, depth: int) -> facts.Table:
    entries = []
    for key, value in list(datum.entries.items())[:MOST_ENTRIES]:
        if isinstance(key, str | int | float | bool) and isinstance(value, Datum):
            entries.append((str(key), thing_of(machine, value, place_of(datum.key_sites.get(key)) or place, depth + 1)))
    if not datum.complete:
        entries.append(("**", facts.Opaque("", place, "entries that are not known")))
    return facts.Table(tuple(entries), place)


def number_of(machine: Machine, scalar: Scalar) -> facts.Number:
    form: Value | None = None
    if scalar.label or scalar.made is not None:
        form = form_of(machine, scalar)
        if not isinstance(form, Symbolic) or form == scalar.value:
            form = None
    return new_number(
        scalar.value,
        scalar.place,
        scalar.origin,
        scalar.text or scalar.label,
        scalar.overridable,
        form,
        kind_of(scalar),
    )


def globals_of(machine: Machine, names: Mapping) -> facts.Table:
    """Return the global names of a script."""
    return _table(machine, names, names.place or NOWHERE, 0)


def instances(machine: Machine) -> tuple[facts.Instance, ...]:
    """Return all objects, each under its number, with their properties and attributes as they are in the end."""
    made = []
    objects = machine.recorder.objects
    index = 0
    while index < len(objects):  # looking at properties may make further objects
        made.append(_instance(machine, objects[index]))
        index += 1
    return tuple(made)


def _instance(machine: Machine, thing: Object) -> facts.Instance:
    if thing.made_by is not None:
        arguments = arguments_of(machine, thing.made_by)
    else:
        arguments = tuple([argument_of(machine, passed) for passed in thing.given])
    place = thing.place or NOWHERE
    found: dict[str, facts.Thing] = {}
    for name, value in thing.slots.items():
        if isinstance(name, str) and isinstance(value, Datum) and not isinstance(value, Function):
            found[name] = thing_of(machine, value, place)
    for key, part in thing.parts.items():
        # an attribute that the API tells of, into which the script wrote something
        if isinstance(key, tuple) and key[:1] == (".",) and isinstance(part, Object) and part.slots:
            found.setdefault(key[1], thing_of(machine, part, place))
    for name in _told(thing):
        value = property_of(machine, thing, name)
        if value is not None:
            found[name] = thing_of(machine, value, place)
    for name, value in of_items(machine, thing).items():
        found[name] = thing_of(machine, value, place)
    return facts.Instance(thing.id, thing.types, arguments, place, tuple(found.items()))


def _told(thing: Object) -> tuple[str, ...]:
    """Return the names of the properties that the APIs or the class of an object tell of it."""
    names = dict.fromkeys(
        name for binding in thing.bindings for name, _ in (*binding.api.gives, *binding.api.units) if name != "value"
    )
    names.update(dict.fromkeys(thing.properties))
    if "shape" in names:
        names["length"] = None  # its first number
    if thing.cls is not None and thing.cls.find("__len__") is not None:
        names["length"] = None
    return tuple(names)


# --- calls and loops -------------------------------------------------------------------------------------------------


class Frames:
    """Turns frames into facts, each once."""

    def __init__(self, machine: Machine, counts: dict[int, str]) -> None:
        self.machine = machine
        self.counts = counts
        self._made: dict[int, facts.Frame] = {}

    def all(self, frames: recording.Frames) -> tuple[facts.Frame, ...]:
        return tuple(self.one(frame) for frame in frames)

    def one(self, frame: recording.Frame) -> facts.Frame:
        made = self._made.get(id(frame))
        if made is None:
            made = self._made[id(frame)] = self._make(frame)
        return made

    def _make(self, frame: recording.Frame) -> facts.Frame:
        if isinstance(frame, recording.InLoop):
            return facts.LoopFrame(frame.loop.id)
        if isinstance(frame, recording.Context):
            receiver = frame.receiver.id if frame.receiver is not None else None
            return facts.ContextFrame(frame.callee, receiver, place_of(frame.site) or NOWHERE)
        return self.branch(frame)

    def branch(self, frame: recording.Branch) -> facts.BranchFrame:
        counter = frame.counter
        name = ""
        if isinstance(counter, Scalar):
            name = counter.label or counter.text
        elif counter is not None:
            name = counter.text
        value: Value | None = None if frame.held is None else Known(frame.held)
        if frame.kind == "limit" and frame.limit is not None:
            value = _form_or_value(self.machine, frame.limit)
        return facts.BranchFrame(
            frame.kind,
            frame.text,
            place_of(frame.site) or NOWHERE,
            name,
            _form_or_value(self.machine, frame.period) if frame.period is not None else None,
            frame.remainder.value if frame.remainder is not None else None,
            value,
            tuple(self.branch(option) for option in frame.options),
            self.counts.get(id(frame), ""),
        )


def _form_or_value(machine: Machine, scalar: Scalar) -> Value:
    return scalar.value if isinstance(scalar.value, Known | OneOf) else form_of(machine, scalar)


def calls(machine: Machine, frames: Frames, runs: dict[int, Value]) -> tuple[facts.Call, ...]:
    return tuple(
        facts.Call(
            call.id,
            call.callee,
            call.callees,
            arguments_of(machine, call),
            place_of(call.site) or NOWHERE,
            call.function,
            frames.all(call.frames),
            call.receiver.id if call.receiver is not None else None,
            call.result.id if call.result is not None else None,
            runs.get(call.id),
            call.read,
        )
        for call in machine.recorder.calls
    )


def loops(machine: Machine, frames: Frames) -> tuple[facts.Loop, ...]:
    made = []
    for loop in machine.recorder.loops:
        place = place_of(loop.site) or NOWHERE
        exits = [frames.branch(exit_branch(one.conditions)) for one in loop.exits]
        exits.extend(frames.branch(branch) for branch in loop.test)
        over = over_of(loop.over)
        made.append(
            facts.Loop(
                loop.id,
                place,
                loop.kind,
                loop.iterations,
                thing_of(machine, over, place) if over is not None else None,
                loop.start if isinstance(loop.start, Known | OneOf | Symbolic) else None,
                loop.targets,
                tuple(exits),
            )
        )
    return tuple(made)


def over_of(over: Datum | None) -> Datum | None:
    """Return what a loop goes through as one thing: for a range its end."""
    if isinstance(over, Range):
        return over.stop
    if isinstance(over, Iteration):
        return over.parts[0] if over.parts else over
    return over.function if isinstance(over, Partial) else over


def exit_branch(conditions: tuple[recording.Branch, ...]) -> recording.Branch:
    """Return the condition of an exit as one branch; several at once are just some flag."""
    if len(conditions) == 1:
        return conditions[0]
    whole = recording.Branch("flag", " and ".join(one.text for one in conditions), conditions[0].site)
    whole.options = conditions
    return whole
