"""Finding the objects of a run by the calls of its script."""

from __future__ import annotations

from epochlint.dialects.names import is_any_of
from epochlint.dialects.thing_views import CallView, MethodView, ThingView
from epochlint.dialects.views import View
from epochlint.knowledge.catalogue import ObjectPath
from epochlint.places import Place
from epochlint.scripts.facts import Call, Items, Reference, Script, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.dialects.objects import Objects
    from epochlint.scripts.facts import Thing


def by_call(wanted: ObjectPath, found: Objects, script: Script, run: View) -> tuple[View, ...]:
    """Return the object that a call of the script makes which passes, or is made on, an object already found.

    Where each is wanted, the calls themselves are returned.
    """
    if wanted.escapes:
        return _escaped(wanted, found, script)
    receivers = _identities(found.get(wanted.on, ())) if wanted.on else frozenset()
    matching = [
        call
        for call in script.calls
        if _is_wanted(call, wanted, receivers)
        and all(_passes(call, argument, found.get(name, ())) for argument, name in wanted.where)
    ]
    if not matching:
        return ()
    if wanted.each:
        return tuple(MethodView(script, call, wanted.positional) for call in matching)
    # A method may be called several times on one object: what counts is the last call before the run begins.
    before = [call for call in matching if _stands_before(call.place, run.place)]
    call = (before or matching)[-1] if wanted.method else matching[0]
    return (_view_of(script, call, wanted),)


def _escaped(wanted: ObjectPath, found: Objects, script: Script) -> tuple[View, ...]:
    """Return the first call that hands an object to code that is not read: what is done with it there, nobody knows."""
    identities = _identities(found.get(wanted.escapes, ()))
    known = ("builtins", *wanted.trusted)
    unread = (call for call in script.calls if not call.read and call.callee.partition(".")[0] not in known)
    handed = (call for call in unread if any(_holds(argument.thing, identities) for argument in call.arguments))
    return tuple(CallView(script, call) for call in handed)[:1]


def _holds(thing: Thing, identities: frozenset[int]) -> bool:
    """Tell whether an argument is one of these objects, or a list or table with one in it."""
    if isinstance(thing, Items):
        return any(_holds(item, identities) for item in thing.items)
    if isinstance(thing, Table):
        return any(_holds(entry, identities) for _, entry in thing.entries)
    return isinstance(thing, Reference) and thing.id in identities


def _is_wanted(call: Call, wanted: ObjectPath, receivers: frozenset[int]) -> bool:
    if wanted.method and call.callee.rpartition(".")[2] != wanted.method:
        return False
    if wanted.on and (call.receiver is None or call.receiver not in receivers):
        return False
    return not wanted.calls or is_any_of(call.callees or (call.callee,), wanted.calls)


def _passes(call: Call, parameter: str, objects: tuple[View, ...]) -> bool:
    identities = _identities(objects)
    for argument in call.arguments:
        if argument.name == parameter and isinstance(argument.thing, Reference) and argument.thing.id in identities:
            return True
    return False


def _view_of(script: Script, call: Call, wanted: ObjectPath) -> View:
    if wanted.method or call.result is None:
        return CallView(script, call)
    return ThingView(script, Reference(call.result), call.place)


def _identities(views: tuple[View, ...]) -> frozenset[int]:
    return frozenset(view.identity() for view in views if isinstance(view, ThingView)) - {None}  # type: ignore[return-value]


def _stands_before(place: Place, other: Place) -> bool:
    return place.path != other.path or (place.line, place.column) <= (other.line, other.column)
