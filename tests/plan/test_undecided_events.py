"""Events of which it is not known whether they are asked for: if their interval does not fit into the run, they never
happen either way."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
trainer:
  max_epochs: 10
  limit_train_batches: 50
  check_val_every_n_epoch: {every}
model: {{class_path: my.Model}}
data: {{class_path: my.Data, init_args: {{batch_size: 8}}}}
"""


@pytest.mark.parametrize(("every", "evaluations"), [(20, []), (11, []), (10, None), (5, None)])
def test_whether_a_model_validates_does_not_matter_beyond_the_run(
    every: int, evaluations: object, tmp_path: Path
) -> None:
    (tmp_path / "config.yaml").write_text(CONFIGURATION.format(every=every), encoding="utf-8")
    given = [
        f"--assume={one}" for one in ("dataset_size=10000", "micro_batch_size=8", "drop_last=false", "world_size=1")
    ]
    command = [sys.executable, "-m", "epochlint", "plan", "config.yaml", "--output-format", "json", *given]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    (run,) = json.loads(told.stdout)["runs"]
    assert run["events"]["evaluations"] == evaluations
