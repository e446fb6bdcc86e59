"""The plans of one run under each release that its files admit; all but the newest are made only when asked for."""

from __future__ import annotations

from epochlint.plan.planning import Planned
from epochlint.runs.releases import admitted, newest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.store import Catalogue
    from epochlint.runs.run import Run


class Plans:
    """One run, planned for the newest admitted release, and on demand for the others."""

    def __init__(self, run: Run, catalogue: Catalogue) -> None:
        self.run = run
        self.catalogue = catalogue
        self._given = frozenset(setting.option for setting in run.settings)
        self.newest = Planned(run, catalogue, newest(run.framework, run.versions, self._given))
        self._others: list[Planned] | None = None

    def others(self) -> Iterator[Planned]:
        if self._others is None:
            every = admitted(self.run.framework, self.run.versions, self._given)
            rest = [releases for releases in every if releases != self.newest.releases]
            self._others = [Planned(self.run, self.catalogue, releases) for releases in rest]
        yield from self._others
