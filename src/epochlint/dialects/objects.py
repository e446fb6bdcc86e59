"""Finding the objects of a run from its anchor, along the paths that the framework's file gives."""

from __future__ import annotations

from epochlint.dialects.views import View, elements_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from epochlint.knowledge.catalogue import Framework, ObjectPath
    from epochlint.scripts.facts import Script

    Objects: TypeAlias = dict[str, tuple[View, ...]]


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
        views: tuple[View, ...] = ()
        if wanted.path:
            views = _by_paths(wanted, found)
        elif script is not None:
            from epochlint.dialects.called_objects import by_call

            views = by_call(wanted, found, script, run)
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
