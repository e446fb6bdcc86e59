"""Numbers of a configuration are checked with the run that they belong to, or by their names, never by both."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options

CONFIG = "batch_size = 8\nblock_size = 64\nmax_iters = 1_000\nwarmup_iters = 2_000\n"


def test_a_number_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.py").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    findings = session.check(("config.py",), Options()).findings
    assert [finding.name for finding in findings if finding.place.line == 4] == ["warmup-exceeds-run"]
