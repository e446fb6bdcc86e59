"""What a function does that a script hands over: a step of training, a handler of an event."""

from __future__ import annotations

from epochlint.dialects.names import is_any_of, same_method, same_name
from epochlint.dialects.thing_views import ThingView
from epochlint.records import record
from epochlint.scripts.facts import BranchFrame, Call, Routine, Script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from epochlint.dialects.views import View
    from epochlint.knowledge.catalogue import Where
    from epochlint.places import Place
    from epochlint.scripts.facts import Frame

ALWAYS = ("rank",)  # conditions under which one of the processes does it every time


@record
class Done:
    """A call that a function makes, itself or through functions of the repository; `always` if under no condition."""

    call: Call
    always: bool


def done_by(script: Script, routine: Routine) -> tuple[Done, ...]:
    """Return the calls that are made when a function of the script runs."""
    return tuple(_within(script, routine, True, {routine.name}))


def _within(script: Script, routine: Routine, always: bool, followed: set[str]) -> Iterator[Done]:
    for call in script.calls:
        if not _is_inside(call.place, routine.place):
            continue
        sure = always and not any(
            _is_condition(frame) and _is_inside(frame.place, routine.place) for frame in call.frames
        )
        yield Done(call, sure)
        name = call.callee.removeprefix(f"{script.module}.")
        if name != call.callee and name not in followed:
            followed.add(name)
            for inner in script.calls:
                if inner.function == name:
                    yield Done(inner, sure and not any(_is_condition(frame) for frame in inner.frames))


def _is_condition(frame: Frame) -> TypeGuard[BranchFrame]:
    return isinstance(frame, BranchFrame) and frame.kind not in ALWAYS


def _is_inside(place: Place, around: Place) -> bool:
    return (
        place.path == around.path
        and (around.line, around.column) <= (place.line, place.column)
        and (place.end_line, place.end_column) <= (around.end_line, around.end_column)
    )


def is_call_of(call: Call, wanted: str) -> bool:
    """Tell whether a call is of this function or method; of an object that nobody knows its name decides."""
    for callee in call.callees or (call.callee,):
        if callee.startswith("?."):
            if callee[2:] == wanted.rpartition(".")[2]:
                return True
        elif (same_method if wanted.count(".") > 1 and wanted.split(".")[-2][:1].isupper() else same_name)(
            callee, wanted
        ):
            return True
    return False


def passes(view: View, where: Where) -> bool | None:
    """Tell whether arguments are of the classes, or do what is asked for; None if one of them cannot be told."""
    answers = [_passes(_down(view, path), names) for path, names in where]
    return False if False in answers else None if None in answers else True


def _passes(argument: View | None, names: tuple[str, ...]) -> bool | None:
    if is_any_of(argument.types if argument is not None else (), names):
        return True
    if isinstance(argument, ThingView) and isinstance(argument.thing, Routine):
        calls = done_by(argument.script, argument.thing)
        return any(is_call_of(done.call, name) for done in calls for name in names)
    return False if argument is not None and argument.types else None


def _down(view: View | None, path: str) -> View | None:
    for part in path.split("."):
        view = view.part(part) if view is not None else None
    return view
