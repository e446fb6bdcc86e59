"""The examples in every rule file: each bad one is found at its line, and no rule says a loud word about any good
one."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.findings.finding import Finding
from epochlint.knowledge.pages import Example
from epochlint.knowledge.store import Catalogue

CATALOGUE = Catalogue.default()
PAGES = [CATALOGUE.rule_page(entry.name) for entry in CATALOGUE.index.rules]


def _check(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Finding, ...]:
    for name, text in example.files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    assumed = tuple((name, str(value), "assume") for name, value in example.assume)
    return session.check((".",), Options(assume=assumed)).findings


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(page.name, example, id=f"{page.name}-{number}")
        for page in PAGES
        for number, example in enumerate(page.bad, 1)
    ],
)
def test_a_bad_example_is_found(rule: str, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = _check(example, tmp_path, monkeypatch)
    found = {(finding.place.path, finding.place.line) for finding in findings if finding.name == rule}
    assert found >= set(example.expected), [(str(finding.place), finding.name, finding.message) for finding in findings]


@pytest.mark.parametrize(
    ("rule", "example"),
    [
        pytest.param(page.name, example, id=f"{page.name}-{number}")
        for page in PAGES
        for number, example in enumerate(page.good, 1)
    ],
)
def test_a_good_example_is_left_alone(
    rule: str, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = _check(example, tmp_path, monkeypatch)
    loud = [finding for finding in findings if finding.severity != "note" or finding.name == rule]
    assert not loud, [(str(finding.place), finding.name, finding.message) for finding in loud]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_rule_has_examples_of_both_kinds(page: object) -> None:
    assert len(page.bad) >= 2  # type: ignore[attr-defined]
    assert len(page.good) >= 2  # type: ignore[attr-defined]
