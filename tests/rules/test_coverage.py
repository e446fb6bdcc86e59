"""Every mistake of docs/coverage/: what is said to cover it finds the bad example, and is silent about the good one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from epochlint.examples import findings_in
from epochlint.findings.own_rules import OWN_RULES
from epochlint.knowledge.rule import Example
from epochlint.knowledge.store import Catalogue

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
from generator.candidates import OWN_EXAMPLE, Candidate, candidates, reasons

ALL = [one for group in candidates().values() for one in group]
RULES = {entry.name for entry in Catalogue.default().index.rules} | {rule.name for rule in OWN_RULES}


def test_every_mistake_is_covered_or_has_a_reason() -> None:
    assert len({one.id for one in ALL}) == len(ALL) > 270
    for one in ALL:
        assert set(one.by) <= RULES, f"{one.id}: there is no rule {', '.join(set(one.by) - RULES)}"
        assert one.because in {"", OWN_EXAMPLE, *reasons()}, one.id
        paired = bool(one.bad and one.good)
        # Covered with a pair, or as the rule's own examples show; else there is a reason why not.
        assert (bool(one.by), paired or one.because == OWN_EXAMPLE) == (True, True) or (not one.by and one.because), (
            one.id
        )


@pytest.mark.parametrize("one", [one for one in ALL if one.by and one.bad], ids=lambda one: one.id)
def test_what_covers_a_mistake_finds_it_and_nothing_else(one: Candidate) -> None:
    found = {finding.name for finding in findings_in(Example(one.bad, assume=one.assume))}
    assert set(one.by) <= found
    about_good = findings_in(Example(one.good, assume=one.assume))
    wrong = [finding for finding in about_good if finding.name in one.by or finding.severity != "note"]
    assert not wrong, [f"{finding.name}: {finding.message}" for finding in wrong]
