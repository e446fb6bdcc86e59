"""One cause is one finding: why a hand-written loop makes no step is told by one rule, not by two."""

from __future__ import annotations

from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options

SCRIPT = """\
import torch
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.zeros(1000, 4)), batch_size={batch}, drop_last=True)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range({epochs}):
    for i, (x,) in enumerate(loader):
        (model(x).mean() / {window}).backward()
        if (i + 1) % {window} == 0:
            optimizer.step()
            optimizer.zero_grad()
"""


@pytest.mark.parametrize(
    ("batch", "epochs", "window", "rule"),
    [
        (20, 10, 100, "optimizer-never-steps"),
        (2000, 10, 1, "drop-last-empties-epoch"),
        (20, 0, 1, "run-trains-nothing"),
    ],
)
def test_why_a_loop_makes_no_step_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, epochs: int, window: int, rule: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(SCRIPT.format(batch=batch, epochs=epochs, window=window))
    findings = session.check((".",), Options()).findings
    assert [one.name for one in findings if one.severity != "note"] == [rule]
