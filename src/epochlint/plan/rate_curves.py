"""Learning-rate curves: schedules with the values of their parameters, alone or composed."""

from __future__ import annotations

from epochlint.expressions.values import Known, Value
from epochlint.knowledge.catalogue import Schedule
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


@record
class Curve:
    """A schedule with the values of its parameters and the base rate, None if that is not known."""

    schedule: Schedule
    parameters: tuple[tuple[str, Value], ...]
    base: float | None


@record
class Composed:
    """Schedules made into one.

    sequential: child i from `milestones[i - 1]` on, with a tick of its own that begins there
    chained: every child multiplies what the ones before it gave
    windowed: the same, but child i moves only from tick `windows[i][0]` on and before `windows[i][1]` (None: for ever),
        does nothing before and keeps its last factor after
    """

    kind: str
    children: tuple[Curve | Composed, ...]
    milestones: tuple[float, ...] = ()
    windows: tuple[tuple[int, int | None], ...] = ()


AnyCurve: TypeAlias = "Curve | Composed"


def parameters_of(curve: Curve) -> dict[str, Value]:
    """Return the value of every parameter, with defaults; one that is not given has none."""
    given = dict(curve.parameters)
    values: dict[str, Value] = {}
    for parameter in curve.schedule.parameters:
        if parameter.name in given:
            values[parameter.name] = given[parameter.name]
        elif parameter.has_default:
            values[parameter.name] = Known(parameter.default)
    return values
