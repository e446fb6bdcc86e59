"""A finding that holds in every release is found without planning every release, and comes out the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from epochlint import session
from epochlint.checking import rules
from epochlint.configuration.options import Options
from epochlint.findings.finding import Finding
from epochlint.knowledge.catalogue import Formula
from epochlint.knowledge.rule import Example
from epochlint.knowledge.store import Catalogue
from epochlint.plan.derivation import Derivation
from epochlint.plan.plan import Entry
from epochlint.plan.planned import Plans
from epochlint.plan.planning import Planned

CATALOGUE = Catalogue.default()
EXAMPLES = [
    pytest.param(example, id=f"{entry.name}-{number}")
    for entry in CATALOGUE.index.rules
    for number, example in enumerate(CATALOGUE.rule_page(entry.name).bad, 1)
]


def _in_every_release(plans: Plans, holds: Callable[[Planned], bool | None]) -> bool | None:
    """Ask each release, planned by itself from the beginning."""
    held = [holds(Planned(plans.run, plans.catalogue, dict(other.releases))) for other in plans.others()]
    return False if False in held else None if None in held else True


def _findings(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Finding, ...]:
    for name, text in example.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    assumed = tuple((name, str(value), "assume") for name, value in example.assume)
    return session.check((".",), Options(assume=assumed)).findings


@pytest.mark.parametrize("example", EXAMPLES)
def test_findings_are_those_of_planning_every_release(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _findings(example, tmp_path, monkeypatch)
    monkeypatch.setattr(rules, "holds_everywhere", _in_every_release)
    assert _findings(example, tmp_path, monkeypatch) == found


CONFIGURATION = """\
output_dir: out
per_device_train_batch_size: 8
max_steps: 1000
warmup_steps: 1000
"""


def test_most_of_the_work_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.yaml").write_text(CONFIGURATION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    derived: list[str] = []
    derive = Derivation._derive

    def counted(self: Derivation, name: str, formulas: dict[str, list[Formula]]) -> Entry:
        derived.append(name)
        return derive(self, name, formulas)

    monkeypatch.setattr(Derivation, "_derive", counted)
    findings = session.check(("train.yaml",), Options()).findings
    assert [finding.certainty for finding in findings if finding.severity == "warning"] == ["certain"]
    count = len(derived)
    derived.clear()
    monkeypatch.setattr(rules, "holds_everywhere", _in_every_release)
    assert session.check(("train.yaml",), Options()).findings == findings
    assert 0 < 3 * count < len(derived)
