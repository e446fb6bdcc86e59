"""The repairs that rules offer: made in each bad example, the finding is gone, and a second time nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint.cli import main
from epochlint.examples import findings_in
from epochlint.knowledge.rule import Example
from epochlint.knowledge.store import Catalogue

CATALOGUE = Catalogue.default()
REPAIRED = [
    pytest.param(entry.name, example, id=f"{entry.name}-{number}")
    for entry in CATALOGUE.index.rules
    if (edit := CATALOGUE.rule(entry.name).edit) is not None and edit.safety == "safe"
    for number, example in enumerate(CATALOGUE.rule_page(entry.name).bad, 1)
    if any(finding.fix for finding in findings_in(example) if finding.name == entry.name)
]


def test_every_rule_with_a_safe_repair_shows_one() -> None:
    assert {param.values[0] for param in REPAIRED} == {
        entry.name
        for entry in CATALOGUE.index.rules
        if (edit := CATALOGUE.rule(entry.name).edit) and edit.safety == "safe"
    }


@pytest.mark.parametrize(("rule", "example"), REPAIRED)
def test_a_safe_repair_repairs(
    rule: str, example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in example.files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assumed = [word for name, value in example.assume for word in ("--assume", f"{name}={value}")]
    asked = ["check", ".", "--isolated", "--select", rule, "--show-notes", "--output-format", "concise", *assumed]
    main([*asked, "--fix"])
    repaired = {name: (tmp_path / name).read_text(encoding="utf-8") for name, _ in example.files}
    capsys.readouterr()
    assert main(asked) == 0
    left = capsys.readouterr().out
    assert repaired != dict(example.files)
    assert f"[{rule}]" not in left
    main([*asked, "--fix"])
    assert repaired == {name: (tmp_path / name).read_text(encoding="utf-8") for name, _ in example.files}
