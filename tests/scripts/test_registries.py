"""Objects that a Python configuration asks for by name: their length is that of the class it imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.expressions.values import Known, Value

_SCRIPT = """
from mmengine.config import Config
from mmengine.runner import Runner

Runner.from_cfg(Config.fromfile("configs/a.py")).train()
"""
_CONFIG = """
_base_ = ["base.py"]
custom_imports = dict(imports=["data"])
train_dataloader = dict(batch_size=4, dataset=dict(type="{name}", size=22), sampler=dict(type="DefaultSampler"))
"""
_BASE = """
train_cfg = dict(by_epoch=True, max_epochs=3)
optim_wrapper = dict(optimizer=dict(type="SGD", lr=0.1))
"""
_DATA = """
class Rows:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size // 2


class NoLength:
    def __init__(self, size):
        self.size = size
"""


def _total(folder: Path, name: str) -> Value:
    files = {"train.py": _SCRIPT, "configs/a.py": _CONFIG.format(name=name), "configs/base.py": _BASE, "data.py": _DATA}
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    (folder / ".git").mkdir()
    ((_, plan),) = session.plan((str(folder),), Options(assume=(("world_size", "1", ""),))).plans
    return dict(plan.quantities)["total_steps"].value


def test_a_class_that_is_imported_tells_its_length(tmp_path: Path) -> None:
    assert _total(tmp_path, "Rows") == Known(9)  # 11 rows in batches of 4, three times


@pytest.mark.parametrize("name", ["NoLength", "Elsewhere"])
def test_of_others_nothing_is_known(tmp_path: Path, name: str) -> None:
    assert not isinstance(_total(tmp_path, name), Known)
