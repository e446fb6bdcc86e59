"""Scripts that are too much to follow: what was seen still counts, but nothing is said of what never happens."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.scripts import machine

HEAD = """import lab
from lab import loader, net
from torch.optim.lr_scheduler import ExponentialLR
opt = lab.optim.SGD([], 0.1)
scheduler = lab.optim.Cosine(opt, 9)
"""
LOOP = """for epoch in range(3):
    for batch in loader:
        net(batch).backward()
        opt.step()
{work}
    opt.zero_grad()
    scheduler.step()
"""
WORK = "        a = [1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9]\n" * 40


@pytest.mark.parametrize(("fuel", "gave_up"), [(100_000, False), (300, True)])
def test_a_loop_that_is_cut_short(read: Any, monkeypatch: pytest.MonkeyPatch, fuel: int, gave_up: bool) -> None:
    monkeypatch.setattr(machine, "FILE_FUEL", fuel)
    reading = read(HEAD + LOOP.format(work=WORK))
    loop = reading.loop
    assert [problem.name for problem in reading.script.problems] == ["analysis-gave-up"] * gave_up
    assert [use.per for use in loop.schedulers] == ([] if gave_up else ["epoch"])
    assert loop.gradients.cleared == ""
    assert (loop.steps is None) is gave_up
    assert bool(loop.open_ended) is gave_up


def test_functions_called_in_nested_loops_cost_their_body_a_few_times(read: Any) -> None:
    """What is local to a called function changes in each round, and is no reason to run the loop again."""
    work = "def work(y):\n    y = y.pad(1)\n    y = y.sum()\n    return y\n"
    body = "y = work(y)\n" * 30
    depth = 6
    nest = "".join(f"{'    ' * level}for i{level} in loader:\n" for level in range(depth))
    nest += "".join("    " * depth + line + "\n" for line in body.splitlines())
    reading = read(f"from lab import loader, y\n{work}{nest}")
    assert not reading.script.problems
