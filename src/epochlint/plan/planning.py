"""The whole plan of a run: quantities, then the loop machine, events, the rate, and how the run ends."""

from __future__ import annotations

from epochlint.expressions.values import Known
from epochlint.knowledge.catalogue import Refusal
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.knowledge.store import Catalogue
from epochlint.plan.derivation import Derivation
from epochlint.plan.environment import Environment, Releases
from epochlint.plan.following import Following
from epochlint.plan.plan import Entry, Outcome, Plan
from epochlint.plan.simulation import Simulation
from epochlint.runs.run import Run

# Quantities that every run has, so that a plan shows them even where they are unknown.
ALWAYS = (
    "dataset_size", "micro_batch_size", "world_size", "global_batch_size", "steps_per_epoch", "total_steps", "epochs_run",
    "samples_seen",
)  # fmt: skip
PHASES = ("parse", "construct", "prepare", "train")


class Planned:
    """A plan with the derivation behind it, for rules that ask further questions."""

    def __init__(self, run: Run, catalogue: Catalogue, releases: Releases) -> None:
        self.run = run
        self.releases = releases
        self.environment = Environment(run, catalogue, releases)
        self.derivation = Derivation(self.environment)
        self.simulation = Simulation(self.derivation)
        self.derivation.settle(self.simulation.totals())
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._make()
        return self._plan

    def refusals(self) -> tuple[tuple[Refusal, bool | None], ...]:
        """Return every refusal that must or may hold, in the order in which the framework would raise it."""
        framework = self.run.framework
        kinds = {component.kind for component in self.run.components}
        own = [spec.refusals for spec in framework.components if spec.name in kinds]
        everything = [*framework.refusals, *(refusal for refusals in own for refusal in refusals)]
        found = []
        for phase in PHASES:
            for refusal in everything:
                if refusal.phase != phase or not self.environment.in_force(refusal.versions):
                    continue
                held = self.derivation.holds(refusal.when)
                if held is not False:
                    found.append((refusal, held))
        return tuple(found)

    def _make(self) -> Plan:
        quantities = tuple((name, self.derivation.entry(name)) for name in QUANTITIES if name != "learning_rate")
        package = self.run.framework.package
        return Plan(
            quantities=tuple((name, entry) for name, entry in quantities if not _is_silent(entry)),
            events=self.simulation.events(),
            cadence=self.simulation.cadences(),
            rate=Following(self.derivation, self.simulation.result).rate(),
            outcome=self._outcome(),
            version=self.releases.get(package, ""),
        )

    def _outcome(self) -> Outcome:
        for refusal, held in self.refusals():
            if held is True:
                return Outcome("raises", refusal.error, refusal.message, refusal.name, refusal.phase)
            missing = ", ".join(self.derivation_missing(refusal))
            return Outcome("unknown", reason=f"{refusal.name} may hold: {missing or 'not decided'}")
        return self.simulation.outcome()

    def derivation_missing(self, refusal: Refusal) -> tuple[str, ...]:
        from epochlint.expressions.evaluate import missing_of

        return missing_of(self.derivation.evaluate(refusal.when))


def _is_silent(entry: Entry) -> bool:
    """Tell whether a quantity says nothing about this run: it does not apply, or nobody and no formula speaks of it."""
    if isinstance(entry.value, Known):
        return entry.value.value is None
    return entry.missing == (entry.quantity,) and not entry.formula and entry.quantity not in ALWAYS
