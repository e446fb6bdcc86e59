"""Changes that mean nothing change nothing: other names, another order, constants elsewhere, values through functions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from epochlint.expressions.wording import text_of
from epochlint.scripts.facts import Number

SCRIPT = """import lab
import math
EPOCHS = 3
BATCH = 16
ACCUM = 4
WARM = 100
data = lab.data.Arrays(lab.zeros((1000, 3)))
loader = lab.data.Loader(data, BATCH)
opt = lab.optim.SGD([], lr=0.1)
updates = EPOCHS * math.ceil(len(loader) / ACCUM)
sched = lab.optim.Cosine(opt, updates)
lab.show(warm=WARM, total=updates, size=len(data))
for epoch in range(EPOCHS):
    for i, batch in enumerate(loader):
        (lab.net(batch) / ACCUM).backward()
        if (i + 1) % ACCUM == 0 or i + 1 == len(loader):
            opt.step()
            sched.step()
            opt.zero_grad()
"""


def summary(reading: Any) -> dict[str, object]:
    """Return what must stay: numbers and structure, not names and places."""
    loop = reading.loop
    shown = reading.calls("lab.show")[0].arguments
    return {
        "arguments": [(one.name, one.thing.value if isinstance(one.thing, Number) else None) for one in shown],
        "loop": [text_of(one) if one is not None else None for one in (loop.batches, loop.steps, loop.micro_batches)],
        "window": loop.window.value if loop.window else None,
        "tail": loop.tail,
        "schedulers": [(one.per, text_of(one.ticks), one.before_optimizer) for one in loop.schedulers],
        "runs": [
            (call.callee, text_of(call.runs) if call.runs else None)
            for call in reading.script.calls
            if call.callee.startswith("lab.")
        ],
    }


@pytest.fixture
def expected(read: Any) -> dict[str, object]:
    found = summary(read(SCRIPT))
    assert found["loop"] == ["63", "48", "189"]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_renaming(read: Any, expected: dict[str, object], seed: int) -> None:
    names = ["EPOCHS", "BATCH", "ACCUM", "WARM", "data", "loader", "updates", "epoch", "batch", "i"]
    source = SCRIPT
    for number, name in enumerate(names):
        source = re.sub(rf"(?<![.\w]){name}\b(?!=)", f"q{(number * 7 + seed) % 31}_{seed}", source)
    assert summary(read(source)) == expected


def test_reordering_independent_statements(read: Any, expected: dict[str, object]) -> None:
    lines = SCRIPT.split("\n")
    assert summary(read("\n".join([*lines[:2], lines[5], lines[4], lines[3], lines[2], *lines[6:]]))) == expected


def test_constants_in_another_file(read_files: Any, expected: dict[str, object]) -> None:
    lines = SCRIPT.split("\n")
    files = {
        "train.py": "\n".join([*lines[:2], "from conf import EPOCHS, BATCH, ACCUM, WARM", *lines[6:]]),
        "conf.py": "\n".join(lines[2:6]),
    }
    assert summary(read_files(files)) == expected


@pytest.mark.parametrize(
    "constants",
    [
        "EPOCHS, BATCH, ACCUM, WARM = 3, 16, 4, 100",
        "class C:\n    E, B, A, W = 3, 16, 4, 100\nEPOCHS, BATCH, ACCUM, WARM = C.E, C.B, C.A, C.W",
        "def constants(e=3, *, w=100):\n    return e, 16, 4, w\nEPOCHS, BATCH, ACCUM, WARM = constants()",
        "c = dict(e=3, b=16)\nc['a'] = 4\nc.update(w=100)\nEPOCHS, BATCH, ACCUM, WARM = c['e'], c['b'], c['a'], c.get('w')",
        "EPOCHS, BATCH, ACCUM, WARM = [int(x) for x in '3 16 4 100'.split()]",
        "EPOCHS = 1 + 2\nBATCH = 4 ** 2\nACCUM = BATCH // EPOCHS - 1\nWARM = 10 * 10",
        "import types\nn = types.SimpleNamespace(e=3)\nn.b = 16\nEPOCHS, BATCH, ACCUM, WARM = n.e, n.b, 4, 100",
        "EPOCHS = 3 if True else 5\nBATCH = None or 16\nACCUM = 4 and 4\nWARM = max(100, 7)",
    ],
)
def test_other_ways_to_write_constants(read: Any, expected: dict[str, object], constants: str) -> None:
    lines = SCRIPT.split("\n")
    assert summary(read("\n".join([*lines[:2], constants, *lines[6:]]))) == expected


def test_inside_a_function(read: Any, expected: dict[str, object]) -> None:
    lines = SCRIPT.rstrip("\n").split("\n")
    body = "\n".join("    " + line for line in lines[2:])
    for call in ("main()", "if __name__ == '__main__':\n    main()", "lab.spawn(main)"):
        found = summary(read("\n".join([*lines[:2], "def main():", body, call])))
        assert {key: found[key] for key in found if key != "runs"} == {
            key: expected[key] for key in expected if key != "runs"
        }
