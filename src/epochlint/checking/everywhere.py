"""Whether something holds under each release that the files of a run admit, with no more planning than that takes.

Every answer of a plan rests on which of the things that are tied to versions hold. Where they hold alike in two
releases, the answer is the same in both, and is not worked out again.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from epochlint.checking.subject import Subject
    from epochlint.knowledge.catalogue import Versions
    from epochlint.plan.planned import Plans
    from epochlint.plan.planning import Planned


def with_versions(planned: Planned, subjects: Iterable[Subject]) -> Iterator[tuple[Subject, set[Versions]]]:
    """Yield each subject with the versions that it relies on, and to which those are added that questions about it
    rely on."""
    environment = planned.environment
    made = environment.relied_on = set(planned.relied_on)
    for subject in subjects:
        asked = environment.relied_on = set(made)
        yield subject, asked
        environment.relied_on = made


def holds_everywhere(plans: Plans, relied_on: set[Versions], holds: Callable[[Planned], bool | None]) -> bool | None:
    """Tell whether what is true for the newest releases, where it relied on these versions, is true for the others.

    False if it is not in one of them; None if it may or may not be in some.
    """
    worked_out: list[tuple[Planned, set[Versions]]] = [(plans.newest, relied_on)]
    everywhere: bool | None = True
    for other in plans.others():
        if any(other.is_as(planned, versions) for planned, versions in worked_out):
            continue
        planned = other.planned
        planned.environment.relied_on = versions = set(planned.relied_on)
        held = holds(planned)
        worked_out.append((planned, versions))
        if held is False:
            return False
        if held is None:
            everywhere = None
    return everywhere
