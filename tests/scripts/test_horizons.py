"""Where the formula of a rate that the script computes itself comes to its end."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.expressions.values import Known

HEAD = "import lab, math\noptimizer = lab.optim.SGD(lab.Module(), lr=0.1)\nEND = 90\n"


@pytest.mark.parametrize(
    ("function", "end", "past"),
    [
        ("lambda t: (1 - t / 90) ** 0.9", 90, "undefined"),
        ("lambda t: (1 - t / END) ** 2", 90, "rises"),
        ("lambda t: (1 - t / END) ** 3", 90, "negative"),
        ("lambda t: 1 - t / END", 90, "negative"),
        ("lambda t: (END - t) / END", 90, "negative"),
        ("lambda t: 0.5 * (1 + math.cos(math.pi * t / END))", 90, "rises"),
        ("lambda t: 0.5 * (1 + math.cos(t / END * math.pi))", 90, "rises"),
        ("lambda t: (1 - (t - 10) / (END - 10)) ** 0.9", 90, "undefined"),
        ("lambda t: t / 10 if t < 10 else (1 - (t - 10) / (END - 10)) ** 0.9", 90, "undefined"),
        ("lambda t: max(0, 1 - t / END) ** 0.9", None, None),
        ("lambda t: (1 - min(t, END) / END) ** 0.9", None, None),
        ("lambda t: (1 - t / END) ** 0.9 if t < END else 0.0", None, None),
        ("lambda t: 0 if t > END else 0.5 * (1 + math.cos(math.pi * t / END))", None, None),
        ("lambda t: 0.95 ** t", None, None),
        ("lambda t: 1 / (1 + 0.1 * t)", None, None),
        ("lambda t: t / END", None, None),
    ],
)
def test_the_end_of_a_formula(read: Any, function: str, end: int | None, past: str | None) -> None:
    assert told(read(f"{HEAD}scheduler = lab.optim.Lambda(optimizer, {function})\n"), "Lambda") == (end, past)


def test_a_class_of_the_script_looks_at_its_own_counter(read: Any) -> None:
    source = f"""{HEAD}
class Poly(lab.optim.Own):
    def __init__(self, optimizer, horizon, power=0.9):
        self.horizon = horizon
        self.power = power
        super().__init__(optimizer)

    def get_rate(self):
        return [max(rate * self.share() ** self.power, 1e-6) for rate in self.rates]

    def share(self):
        return 1 - self.calls / self.horizon


scheduler = Poly(optimizer, horizon=END)
"""
    assert told(read(source), "Poly") == (90, "undefined")


def told(reading: Any, type_or_name: str) -> tuple[object, ...]:
    made = next(one for one in reading.script.instances if type_or_name in one.types[0])
    found = dict(made.properties)
    values = [found[name].value if name in found else None for name in ("horizon", "past_horizon")]
    return tuple(value.value if isinstance(value, Known) else value for value in values)
