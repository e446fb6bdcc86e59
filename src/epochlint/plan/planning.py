"""The whole plan of a run: quantities, then the loop machine, events, the rate, and how the run ends."""

from __future__ import annotations

from epochlint.dialects.readings import Component
from epochlint.expressions.evaluate import missing_of
from epochlint.expressions.templates import filled, in_words
from epochlint.expressions.trees import Expression
from epochlint.expressions.values import Known, Value
from epochlint.knowledge.catalogue import Refusal
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.knowledge.store import Catalogue
from epochlint.knowledge.versions import admits
from epochlint.plan.derivation import Derivation
from epochlint.plan.environment import Environment
from epochlint.plan.plan import Entry, Outcome, Plan
from epochlint.records import record, replace
from epochlint.runs.run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.plan.following import Following
    from epochlint.plan.memory import Conditions, Memory, Releases
    from epochlint.plan.simulation import Simulation

# Quantities that every run has, so that a plan shows them even where they are unknown.
ALWAYS = (
    "dataset_size", "micro_batch_size", "world_size", "global_batch_size", "steps_per_epoch", "total_steps",
    "epochs_run", "samples_seen",
)  # fmt: skip
NEVER = Expression("False", ("value", False))  # the condition of a refusal that was decided without one
PHASES = ("parse", "construct", "prepare", "train")


@record
class Objection:
    """Something a framework, a component or a schedule refuses. `held` is True where it must hold, None where it may.

    `values` are names of the schedule that its message speaks of.
    """

    refusal: Refusal
    held: bool | None
    component: Component | None = None
    values: tuple[tuple[str, Value], ...] = ()


class Planned:
    """A plan with the derivation behind it, for rules that ask further questions."""

    def __init__(self, run: Run, catalogue: Catalogue, releases: Releases, memory: Memory | None = None) -> None:
        self.run = run
        self.releases = releases
        self.environment = Environment(run, catalogue, releases, memory)
        # What everything relies on, because it was found out at the very beginning.
        self.derivation, self.relied_on = self.environment.listened(lambda: Derivation(self.environment))
        self.derivation.count_with(lambda: self.simulation.totals())
        self._simulation: Simulation | None = None
        self._simulation_relied_on: Conditions = 0
        self._plan: Plan | None = None
        self.notes: dict[str, Any] = {}  # what other rooms find out about the plan, by their own names for it

    @property
    def simulation(self) -> Simulation:
        """The loop machine's work, done when the first total is asked for."""
        if self._simulation is None:
            from epochlint.plan.simulation import Simulation

            made, self._simulation_relied_on = self.environment.listened(lambda: Simulation(self.derivation))
            self._simulation = made
        self.environment.relied_on |= self._simulation_relied_on
        return self._simulation

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._make()
        return self._plan

    def objections(self) -> tuple[Objection, ...]:
        """Return every refusal that must or may hold, in the order in which it would be raised."""
        found = [*self._of_options(), *self._of_framework(), *self._of_components(), *self._of_schedules()]
        return tuple(one for phase in PHASES for one in found if one.refusal.phase == phase)

    def _of_options(self) -> Iterator[Objection]:
        """Yield the options that this release does not have, where its signature refuses what it does not know."""
        framework = self.run.framework
        if not self.run.strict or framework.unknown_options != "raises":
            return
        complete = framework.every_option and dict(self.run.properties).get("run.own_class") == Known(False)
        for setting in self.run.settings:
            known = framework.option(setting.option)
            if known is not None and self.environment.option(setting.option) is None:
                release = self.releases.get(framework.package, "")
                instead = f"; it is called {known.renamed_to} now" if known.renamed_to else ""
                text = f"{framework.package} {release} has no option {setting.option}{instead}"
                yield Objection(Refusal("removed-option", "parse", NEVER, "TypeError", text, (setting.option,)), True)
            elif complete and known is None and not framework.option(setting.option.partition(".")[0]):
                text = f"{framework.package} has no option {setting.option}"
                held = True if self._not_newer_than_known() else None
                yield Objection(Refusal("no-such-option", "parse", NEVER, "TypeError", text, (setting.option,)), held)

    def _not_newer_than_known(self) -> bool:
        """Tell whether the files pin the framework to releases whose options are all known."""
        package = self.run.framework.package
        return any(pin.package == package and not admits(pin.specifier, "9999") for pin in self.run.versions)

    def _of_framework(self) -> Iterator[Objection]:
        for refusal in self.run.framework.refusals:
            if self.environment.in_force(refusal.versions):
                held = self.derivation.holds(refusal.when)
                if held is not False:
                    yield Objection(refusal, held)

    def _of_components(self) -> Iterator[Objection]:
        """Yield what callbacks and other components refuse; in their conditions their own options stand without a
        prefix."""
        for component in self.run.components:
            spec = self.environment.spec(component.kind)
            for refusal in spec.refusals if spec else ():
                if self.environment.in_force(refusal.versions):
                    held = self.derivation.holds_for(component, refusal.when)
                    if held is not False:
                        yield Objection(refusal, held, component)

    def _of_schedules(self) -> Iterator[Objection]:
        if not any(use.object and self.environment.components(use.object) for use in self.run.framework.schedules):
            return
        from epochlint.plan.following import Following

        following = Following(self.derivation, self.simulation.result)
        for refusal, held, component, values in following.objections():
            yield Objection(refusal, held, component, tuple(values.items()))

    def _make(self) -> Plan:
        quantities = tuple((name, self._told(name)) for name in QUANTITIES if name != "learning_rate")
        package = self.run.framework.package
        return Plan(
            quantities=tuple((name, entry) for name, entry in quantities if not _is_silent(entry)),
            events=self.simulation.events(),
            cadence=self.simulation.cadences(),
            rate=self._following().rate(),
            outcome=self._outcome(),
            version=self.releases.get(package, ""),
        )

    def _following(self) -> Following:
        from epochlint.plan.following import Following

        result = self.simulation.result
        return Following(self.derivation, result or self.simulation.steps_alone(), whole=result is not None)

    def _told(self, quantity: str) -> Entry:
        """Return a quantity for readers; what is missing is named as they can supply it: a quantity or an option."""
        entry = self.derivation.explained(quantity)
        missing = self.derivation.suppliable(entry.missing)
        return replace(entry, missing=missing) if missing != entry.missing else entry

    def _outcome(self) -> Outcome:
        for objection in self.objections():
            refusal = objection.refusal
            if objection.held is True:
                return Outcome("raises", refusal.error, self._message(objection), refusal.name, refusal.phase)
            missing = self.derivation.suppliable(missing_of(self.derivation.evaluate(refusal.when)))
            return Outcome("unknown", reason=f"{refusal.name} may hold: {', '.join(missing) or 'not decided'}")
        return self.simulation.outcome()

    def _message(self, objection: Objection) -> str:
        values = dict(objection.values)

        def said(name: str) -> str:
            name = name.removesuffix(".source")
            return in_words(values.get(name) or self.derivation.value_for(objection.component, name))

        return filled(objection.refusal.message, said)


def _is_silent(entry: Entry) -> bool:
    """Tell whether a quantity says nothing about this run: it does not apply, or nobody and no formula speaks of it."""
    if isinstance(entry.value, Known):
        return entry.value.value is None
    return entry.missing == (entry.quantity,) and not entry.formula and entry.quantity not in ALWAYS
