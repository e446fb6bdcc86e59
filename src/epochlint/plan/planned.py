"""The plans of one run under each release that its files admit; all but the newest are made only when asked for."""

from __future__ import annotations

from epochlint.plan.memory import Memory
from epochlint.plan.planning import Planned
from epochlint.runs.releases import admitted, newest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.store import Catalogue
    from epochlint.plan.memory import Conditions, Releases
    from epochlint.runs.run import Run


class Plans:
    """One run, planned for the newest admitted release, and on demand for the others."""

    def __init__(self, run: Run, catalogue: Catalogue) -> None:
        self.run = run
        self.catalogue = catalogue
        self._given = frozenset(setting.option for setting in run.settings)
        self.memory = Memory()
        self.newest = Planned(run, catalogue, newest(run.framework, run.versions, self._given), self.memory)
        self._others: tuple[OtherPlan, ...] | None = None

    def others(self) -> tuple[OtherPlan, ...]:
        if self._others is None:
            every = admitted(self.run.framework, self.run.versions, self._given)
            rest = [releases for releases in every if releases != self.newest.releases]
            self._others = tuple(OtherPlan(self, releases) for releases in rest)
        return self._others


class OtherPlan:
    """The plan under one of the other sets of releases, made when it is first asked for."""

    def __init__(self, plans: Plans, releases: Releases) -> None:
        self.releases = releases
        self._plans = plans
        self._installed = plans.memory.installed(releases)
        self._planned: Planned | None = None

    @property
    def planned(self) -> Planned:
        if self._planned is None:
            plans = self._plans
            self._planned = Planned(plans.run, plans.catalogue, self.releases, plans.memory)
        return self._planned

    def is_as(self, planned: Planned, relied_on: Conditions) -> bool:
        """Tell whether what relied on these conditions in another plan of the run comes out the same in this one."""
        return self._installed.held(relied_on) == planned.environment.installed.held(relied_on)
