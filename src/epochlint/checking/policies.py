"""What a team wants of the numbers of its runs, as its configuration says."""

from __future__ import annotations

from epochlint.checking.subject import Subject
from epochlint.expressions.evaluate import truth
from epochlint.expressions.values import NONE, TRUE, UNKNOWN, Known, Value
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.plan.planning import Planned


@record
class Policy:
    """Bounds on a quantity or an option, or that somebody must give it; `origin` is where the team says so."""

    name: str
    least: int | float | None = None
    most: int | float | None = None
    required: bool = False
    because: str = ""
    origin: str = ""


class _OfAPolicy(Subject):
    def derivation(self, name: str) -> str:
        return super().derivation(self.anchor if name == "value" else name)


def policies(planned: Planned, wanted: tuple[Policy, ...]) -> Iterator[Subject]:
    """Yield each policy about a number that the run has, with that number."""
    for one in wanted:
        options = _options(planned, one.name)
        if one.name not in QUANTITIES and not options:
            continue
        subject = _OfAPolicy(planned, one.name)
        name = one.name if one.name in QUANTITIES else options[0]
        subject.add("policy", Known(one.name))
        subject.add("value", subject.value(name), subject.place(name), subject.text(name))
        subject.add("least", Known(one.least))
        subject.add("most", Known(one.most))
        subject.add("required", Known(one.required and bool(options)))
        subject.add("somewhere", _given(planned, options))
        subject.add("because", Known(one.because) if one.because else NONE)
        subject.add("origin", Known(one.origin))
        yield subject


def _options(planned: Planned, name: str) -> tuple[str, ...]:
    """Return the options of the run's framework that a name stands for: its own, or those that state a quantity."""
    framework = planned.run.framework
    if name in QUANTITIES:
        return tuple(dict.fromkeys(option.name for option in framework.options if option.quantity == name))
    option = framework.option(name)
    return (option.name,) if option is not None else ()


def _given(planned: Planned, options: tuple[str, ...]) -> Value:
    """Tell whether one of these options is given; unknown where something that cannot be read may give it."""
    held = [truth(planned.environment.given(name)) for name in options]
    return TRUE if True in held else UNKNOWN if None in held else Known(False)
