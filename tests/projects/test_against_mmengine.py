"""What we inherit from the bases of a Python configuration, compared with what MMEngine itself does with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known

LAYOUTS = Path(__file__).parent / "layouts"
NOT_THERE = object()


@pytest.mark.parametrize(
    ("project", "path"),
    [
        ("mmengine_bases", "configs/resnet50.py"),
        ("mmengine_bases", "configs/resnet50_short.py"),
        ("read_base", "configs/resnet50.py"),
    ],
)
def test_every_setting_is_what_the_library_gives(project: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = pytest.importorskip("mmengine.config").Config.fromfile(str(LAYOUTS / project / path))
    monkeypatch.chdir(LAYOUTS / project)
    (run,) = (run for run, _ in session.plan((path,), Options()).plans)
    plain = {
        setting.option: setting.value.value
        for setting in run.settings
        if isinstance(setting.value, Known) and isinstance(setting.value.value, int | float)
    }
    theirs = {name: _at(config, name) for name in plain}
    assert {name: value for name, value in theirs.items() if value is not NOT_THERE} == plain
    assert len(plain) >= 4


def _at(config: Any, name: str) -> Any:
    """Return what stands at a dotted name."""
    found = config
    for part in name.split("."):
        found = found.get(part, NOT_THERE) if hasattr(found, "get") else NOT_THERE
    return found
