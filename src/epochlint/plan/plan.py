"""The training plan: what a run will really do, every number with its derivation."""

from __future__ import annotations

from epochlint.expressions.trees import Expression
from epochlint.expressions.units import Unit
from epochlint.expressions.values import Value
from epochlint.places import Place
from epochlint.records import record


@record
class Input:
    """A number that went into a formula. `place` is None where nobody wrote it (a default of the framework)."""

    quantity: str
    value: Value
    place: Place | None
    origin: str
    text: str = ""


@record
class Entry:
    """One quantity of the plan.

    `formula` is as in the catalogue, `substituted` the same with numbers; `inputs` are what it was computed from,
    `missing` names what would settle it, `reason` says why it is unknown. `expression` is the parsed formula.
    """

    quantity: str
    value: Value
    unit: Unit
    place: Place | None = None
    origin: str = ""
    formula: str = ""
    substituted: str = ""
    inputs: tuple[Input, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    expression: Expression | None = None


@record
class Occurrences:
    """Optimizer-step numbers (from 1) at which an event happens; `head` and `tail` of a long list, `count` of all.

    `count` None: unknown how often. A list of at most 10,000 is whole in `head`.
    """

    count: int | None
    head: tuple[int, ...] = ()
    tail: tuple[int, ...] = ()
    reason: str = ""


@record
class Cadence:
    """How an event recurs: every `every` ticks of `clock`, beginning after `start`, and `also` at these moments."""

    event: str
    clock: str
    every: Value
    start: Value
    also: tuple[str, ...] = ()
    place: Place | None = None
    written: bool = False
    option: str = ""
    given_at: Place | None = None


@record
class Rate:
    """The learning rate in force at the first and last optimizer step, the largest, and a series of (step, rate)."""

    first: float | None
    peak: float | None
    last: float | None
    series: tuple[tuple[int, float], ...] = ()
    turns: tuple[tuple[str, int], ...] = ()  # ("ends" | "restarts" | "rises" | "raises", tick)
    reason: str = ""


@record
class Outcome:
    """How the run ends: completes, raises, never_ends or unknown."""

    kind: str
    error: str | None = None
    reason: str = ""
    refusal: str = ""
    phase: str = ""


@record
class Plan:
    quantities: tuple[tuple[str, Entry], ...]
    events: tuple[tuple[str, Occurrences], ...]
    cadence: tuple[Cadence, ...]
    rate: Rate
    outcome: Outcome
    version: str = ""

    def entry(self, quantity: str) -> Entry | None:
        return next((entry for name, entry in self.quantities if name == quantity), None)
