"""Views of what a script passes: objects made by calls, tables, lists, numbers, and calls themselves."""

from __future__ import annotations

from epochlint.dialects.views import INSTANTIATIONS, View, Written
from epochlint.expressions.values import UNKNOWN, Known, Symbolic, Unknown, Value
from epochlint.records import replace
from epochlint.scripts.facts import (
    Argument,
    Call,
    Items,
    LoopFrame,
    Number,
    Opaque,
    Reference,
    Routine,
    Script,
    Table,
    Thing,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Place


class ThingView(View):
    """A thing of a script: the object made by a call, a table, a list, a number."""

    def __init__(self, script: Script, thing: Thing, given_at: Place, text: str = "") -> None:
        self.script = script
        self.thing = thing
        self.place = given_at
        self.text = text

    def _arguments(self) -> tuple[Argument, ...]:
        if isinstance(self.thing, Reference):
            return self.script.instance(self.thing.id).arguments
        return ()

    def part(self, name: str) -> View | None:
        for argument in self._arguments():
            if argument.name == name:
                return ThingView(self.script, argument.thing, argument.place, argument.text)
        if isinstance(self.thing, Table):
            for key, thing in self.thing.entries:
                if key == name:
                    return ThingView(self.script, thing, _place_of(self.script, thing) or self.thing.place)
        if isinstance(self.thing, Reference):
            for key, thing in self.script.instance(self.thing.id).properties:
                if key == name:
                    return ThingView(self.script, thing, _place_of(self.script, thing) or self.place)
        if isinstance(self.thing, Routine):
            return self._with_method(self.thing, name)
        return None

    def _with_method(self, routine: Routine, name: str) -> View | None:
        """Return the object whose method of this name a function calls, if there is only one."""
        from epochlint.dialects.routines import done_by

        calls = [done.call for done in done_by(self.script, routine)]
        found = {call.receiver for call in calls if call.callee.rpartition(".")[2] == name}
        one = found.pop() if len(found) == 1 else None
        return ThingView(self.script, Reference(one), self.place) if one is not None else None

    def names(self) -> tuple[str, ...]:
        if isinstance(self.thing, Table):
            return tuple(key for key, _ in self.thing.entries)
        return tuple(argument.name for argument in self._arguments())

    def elements(self) -> tuple[View, ...] | None:
        if not isinstance(self.thing, Items):
            return None
        return tuple(
            ThingView(self.script, item, _place_of(self.script, item) or self.place) for item in self.thing.items
        )

    def written(self) -> Written:
        thing = self.thing
        if isinstance(thing, Number):
            text = thing.text or self.text
            return Written(thing.value, thing.place, self.place, thing.origin, text, thing.overridable, thing)
        if isinstance(thing, Items):
            values = [_plain_or_class(view) for view in self.elements() or ()]
            plain = tuple(value.value for value in values if isinstance(value, Known))
            if len(plain) == len(values):
                return Written(Known(plain), thing.place, self.place, "literal", self.text, False, thing)
            return Written(UNKNOWN, thing.place, self.place, "literal", self.text, False, thing, tuple(values))
        reason = thing.reason if isinstance(thing, Opaque) else ""
        return Written(Unknown(reason), _place_of(self.script, thing), self.place, "computed", self.text, False, thing)

    @property
    def types(self) -> tuple[str, ...]:
        if isinstance(self.thing, Reference):
            return self.script.instance(self.thing.id).types
        entries = dict(self.thing.entries) if isinstance(self.thing, Table) else {}
        for key, _ in INSTANTIATIONS:
            named = entries.get(key)
            if isinstance(named, Number) and isinstance(named.value, Known) and isinstance(named.value.value, str):
                return (named.value.value, "dict")
            if isinstance(named, Opaque) and named.reason == "library":
                return (named.text, "dict")  # the class itself
        return ("dict",) if isinstance(self.thing, Table) else ()

    def properties(self) -> tuple[tuple[str, Value], ...]:
        if isinstance(self.thing, Opaque):
            return _of_opaque(self.thing)
        if isinstance(self.thing, Routine):
            from epochlint.dialects.routines import done_by

            calls = [done.call.callee.rpartition(".")[2] for done in done_by(self.script, self.thing) if done.always]
            return (("calls", Known(tuple(dict.fromkeys(calls)))),)
        if not isinstance(self.thing, Reference):
            return ()
        found = dict(self.script.instance(self.thing.id).properties)
        values = {name: thing.value for name, thing in found.items() if isinstance(thing, Number)}
        shape = found.get("shape")
        if "length" not in values and isinstance(shape, Items) and shape.items and isinstance(shape.items[0], Number):
            values["length"] = shape.items[0].value  # an array has as many rows as its first dimension
        return tuple(values.items())

    @property
    def stands_for(self) -> tuple[str, ...]:
        if isinstance(self.thing, Routine):
            return (self.thing.name,)
        if isinstance(self.thing, Opaque) and self.thing.reason == "library":
            return (self.thing.text,)
        return self.types

    @property
    def complete(self) -> bool:
        if isinstance(self.thing, Number):
            return not isinstance(self.thing.value, Unknown)
        if isinstance(self.thing, Table):
            return all(key != "**" for key, _ in self.thing.entries)
        return not isinstance(self.thing, Opaque) and not any(one.name == "**" for one in self._arguments())

    def identity(self) -> int | None:
        return self.thing.id if isinstance(self.thing, Reference) else None


class CallView(ThingView):
    """A call itself, for methods whose result is no object of interest: `model.fit(...)`, `trainer.train()`."""

    def __init__(self, script: Script, call: Call, positional: tuple[str, ...] = ()) -> None:
        super().__init__(script, Opaque("", call.place), call.place)
        self.call = call
        self.positional = positional  # names of its parameters, for a receiver whose class nobody can tell

    def _arguments(self) -> tuple[Argument, ...]:
        if not self.positional:
            return self.call.arguments
        return tuple(_named(argument, self.positional) for argument in self.call.arguments)

    def part(self, name: str) -> View | None:
        if name == "self":
            if self.call.receiver is None:
                return None
            return ThingView(self.script, Reference(self.call.receiver), self.place)
        return super().part(name)

    def repeated(self) -> tuple[tuple[str, Value], ...]:
        times = self.call.runs
        if times is None or not any(isinstance(frame, LoopFrame) for frame in self.call.frames):
            return ()  # without a loop around it, who calls the function that it stands in is not in sight
        return (("run.times", times), *((("run.rows", rows),) if (rows := _only_symbol(times)) is not None else ()))

    @property
    def complete(self) -> bool:
        return not any(argument.name == "**" for argument in self.call.arguments)

    def identity(self) -> int | None:
        return self.call.result


class MethodView(CallView):
    """One of several calls on an object: what it is called stands for a class."""

    @property
    def types(self) -> tuple[str, ...]:
        return self.call.callees or (self.call.callee,)


def _only_symbol(value: Value) -> Value | None:
    """Return what is divided into batches: the one symbol of a number, if it stands in nothing but roundings."""
    if not isinstance(value, Symbolic):
        return None
    from epochlint.expressions.algebra import symbol, symbols

    found = symbols(value.term)
    if len(found) != 1 or any(atom == found[0] for monomial in value.term.parts for atom, _ in monomial):
        return None
    one = found[0]
    return Symbolic(symbol(one.name, one.unit, one.low, one.high, one.whole))


def _of_opaque(thing: Opaque) -> tuple[tuple[str, Value], ...]:
    """Return what can be said of something unknown: by which symbol its length would go, if it has one."""
    name = thing.text.rpartition(".")[2] if thing.reason == "library" else thing.text
    if not name.replace(".", "_").isidentifier():
        return ()
    from epochlint.expressions.algebra import symbol

    return (("length_if_any", Symbolic(symbol(f"len({name})", None, 0, None, True))),)


def _named(argument: Argument, positional: tuple[str, ...]) -> Argument:
    """Give a positional argument the name of its parameter."""
    index = int(argument.name) if argument.name.isdigit() else len(positional)
    return replace(argument, name=positional[index]) if index < len(positional) else argument


def _plain_or_class(view: View) -> Value:
    """Return an element of a list as a value: an object stands for its class, so that lists of objects can be
    counted."""
    return Known(view.types[0]) if view.types else view.written().value


def _place_of(script: Script, thing: Thing) -> Place | None:
    if isinstance(thing, Reference):
        return script.instance(thing.id).place
    if isinstance(thing, Number | Items | Table | Opaque | Routine):
        return thing.place
    return None
