"""The conformance suite: every recorded run as a project, planned in this process and judged."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "rendering"))

from cases import Case
from judging import RIGHT, UNKNOWN, WRONG, Row, Verdict, judge
from rendered_projects import Rendering, write

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.errors import UsageError
from epochlint.knowledge.store import Catalogue
from epochlint.reports.json_plan import plan_document

VECTORS = Path(__file__).parent / "vectors"


class Judged(NamedTuple):
    """One project with the verdicts on its plan."""

    case: Case
    rows: list[Row]

    @property
    def verdict(self) -> Verdict:
        """Wrong if one value is wrong, else unknown if one is unknown, else fully right."""
        found = {row.verdict for row in self.rows}
        return WRONG if WRONG in found else UNKNOWN if UNKNOWN in found else RIGHT

    @property
    def wrong(self) -> set[str]:
        return {row.key for row in self.rows if row.verdict == WRONG}


@cache
def rendering() -> Rendering:
    return Rendering(sorted(VECTORS.glob("*.jsonl")))


@cache
def cases() -> dict[str, tuple[Case, ...]]:
    """Return the projects of every framework, by its name."""
    found = defaultdict(list)
    for case in rendering().cases:
        found[case.framework].append(case)
    return {framework: tuple(group) for framework, group in sorted(found.items())}


def claimed(framework: str) -> bool:
    """Tell whether the catalogue has a framework, so that its runs ought to be planned."""
    return framework in Catalogue.default().framework_names


def sample(framework: str, size: int) -> tuple[Case, ...]:
    """Return some projects of a framework, always the same ones: as many of every file of vectors as its share."""
    strata = defaultdict(list)
    for case in cases()[framework]:
        strata[case.id.rpartition("-")[0]].append(case)
    total = sum(map(len, strata.values()))
    chosen: list[Case] = []
    for group in strata.values():
        shuffled = sorted(group, key=lambda case: hashlib.sha256(case.id.encode()).digest())
        chosen += shuffled[: -(-size * len(group) // total)]
    return tuple(chosen)


def judged(these: Iterable[Case]) -> list[Judged]:
    """Lay projects into a folder, plan them and judge the plans."""
    with tempfile.TemporaryDirectory(prefix="conformance") as folder:
        return [Judged(case, judge(case, planned(case, Path(folder) / case.id))) for case in these]


def planned(case: Case, folder: Path) -> dict[str, object]:
    """Return what `epochlint plan --output-format json` says about a project, laid into a new folder.

    What it refuses to plan has no runs, and a `trouble`.
    """
    (folder / ".git").mkdir(parents=True)  # a repository of its own, whatever lies above
    write(case, folder)
    assumed = tuple((name, str(value), "--assume") for name, value in case.assume.items())
    try:
        document = plan_document(session.plan((str(folder),), Options(assume=assumed)))
    except UsageError as error:
        document = {"runs": [], "trouble": str(error)}
    return dict(json.loads(json.dumps(document)))
