"""Where a number stands that a finding speaks of: where it was written, or where it is given to an option."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.dialects.readings import Component, Setting
    from epochlint.places import Place
    from epochlint.plan.planning import Planned


def stands(planned: Planned, setting: Setting) -> Place | None:
    """Return the place of a setting; see `better`."""
    return better(planned, setting.place, setting.given_at)


def better(planned: Planned, place: Place | None, given_at: Place | None) -> Place | None:
    """Return the place of the number itself, which is what has to change, or that of the option it is given to.

    A constant that is given to several options is right for some of them, so then it is the option that is shown.
    """
    if place is None or given_at is None:
        return place or given_at
    return given_at if place in _places_of_several(planned) else place


def _places_of_several(planned: Planned) -> frozenset[Place]:
    found: frozenset[Place] | None = planned.notes.get("places of several")
    if found is None:
        seen: set[Place | None] = {None}
        several: set[Place] = set()
        for place, _ in {(one.place, one.given_at) for one in _all(planned.run.settings, planned.run.components)}:
            if place in seen and place is not None:
                several.add(place)
            seen.add(place)
        found = planned.notes["places of several"] = frozenset(several)
    return found


def _all(settings: Iterable[Setting], components: Iterable[Component]) -> Iterator[Setting]:
    yield from settings
    for component in components:
        yield from _all(component.settings, component.components)
