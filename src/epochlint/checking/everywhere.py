"""Whether something holds under each release that the files of a run admit, with no more planning than that takes.

Every answer of a plan rests on which of the things that are tied to versions hold. Where they hold alike in two
releases, the answer is the same in both, and is not worked out again.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from epochlint.checking.subject import Subject
    from epochlint.plan.memory import Conditions
    from epochlint.plan.planned import Plans
    from epochlint.plan.planning import Planned


def one_by_one(planned: Planned, subjects: Iterable[Subject]) -> Iterator[Subject]:
    """Yield subjects; meanwhile the plan relies on what each of them rests on, and on what questions about it add."""
    environment = planned.environment
    environment.relied_on = planned.relied_on
    for subject in subjects:
        made = environment.relied_on
        yield subject
        environment.relied_on = made


def holds_everywhere(plans: Plans, holds: Callable[[Planned], bool | None]) -> bool | None:
    """Tell whether what was just found true for the newest releases is true for the others.

    False if it is not in one of them; None if it may or may not be in some.
    """
    worked_out: list[tuple[Planned, Conditions]] = [(plans.newest, plans.newest.environment.relied_on)]
    everywhere: bool | None = True
    for other in plans.others():
        if any(other.is_as(planned, conditions) for planned, conditions in worked_out):
            continue
        planned = other.planned
        planned.environment.relied_on = planned.relied_on
        held = holds(planned)
        worked_out.append((planned, planned.environment.relied_on))
        if held is False:
            return False
        if held is None:
            everywhere = None
    return everywhere
