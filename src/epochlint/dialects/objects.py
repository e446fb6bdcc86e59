"""Finding the objects of a run from its anchor, along the paths that the framework's file gives."""

from __future__ import annotations

from epochlint.dialects.names import is_any_of
from epochlint.dialects.views import CallView, ThingView, View, elements_of
from epochlint.knowledge.catalogue import Framework, ObjectPath
from epochlint.places import Place
from epochlint.scripts.facts import Call, Reference, Script

Objects = dict[str, tuple[View, ...]]


def find_objects(
    framework: Framework, run: View, root: View | None, script: Script | None, bound: Objects | None = None
) -> Objects:
    """Return every object of the run that is there: name -> the views of it (several for the elements of a list).

    `bound` are objects that are known already, those of a hand-written loop.
    """
    found: Objects = {"run": (run,), **(bound or {})}
    if root is not None:
        found["root"] = (root,)
    for wanted in framework.objects:
        views = _by_paths(wanted, found) if wanted.path else _by_call(wanted, found, script, run)
        if views:
            found[wanted.name] = views
    return found


def _by_paths(wanted: ObjectPath, found: Objects) -> tuple[View, ...]:
    return next((views for path in (wanted.path, *wanted.others) if (views := _by_path(path, found))), ())


def _by_path(path: str, found: Objects) -> tuple[View, ...]:
    head, *parts = path.split(".")
    views = _spread(found.get(head.partition("[")[0], ()), head)
    for part in parts:
        inner = [view.part(part.partition("[")[0]) for view in views]
        views = _spread(tuple(view for view in inner if view is not None), part)
    return views


def _spread(views: tuple[View, ...], part: str) -> tuple[View, ...]:
    if not part.endswith("]"):
        return views
    number = part.partition("[")[2].rstrip("]")
    if not number:
        return tuple(element for view in views for element in elements_of(view))
    listed = [view.elements() or () for view in views]
    return tuple(elements[int(number)] for elements in listed if int(number) < len(elements))


def _by_call(wanted: ObjectPath, found: Objects, script: Script | None, run: View) -> tuple[View, ...]:
    if script is None:
        return ()
    receivers = _identities(found.get(wanted.on, ())) if wanted.on else frozenset()
    matching = [
        call
        for call in script.calls
        if _is_wanted(call, wanted, receivers)
        and all(_passes(call, argument, found.get(name, ())) for argument, name in wanted.where)
    ]
    if not matching:
        return ()
    # A method may be called several times on one object: what counts is the last call before the run begins.
    before = [call for call in matching if _stands_before(call.place, run.place)]
    call = (before or matching)[-1] if wanted.method else matching[0]
    return (_view_of(script, call, wanted),)


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
