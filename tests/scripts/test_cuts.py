"""Batches cut out of an array: by a generator in its loop, by a data set's `__getitem__`, by a function called later."""

from __future__ import annotations

from typing import Any

import pytest

from epochlint.expressions.wording import text_of

HEAD = "import lab, math\nfrom lab import show, unknown\nx = lab.rand(10, 3)\n"
BATCH = ("batch", "samples", "last_batch")


def told(reading: Any, type_or_name: str, *names: str) -> list[object]:
    found = [dict(one.properties) for one in reading.script.instances if any(type_or_name in t for t in one.types)]
    values = [found[-1][name].value if name in found[-1] else None for name in names]
    return [getattr(value, "value", None) if hasattr(value, "value") else value and text_of(value) for value in values]


def generator(body: str, call: str = "rows(x, 4)") -> str:
    return f"{HEAD}def rows(x, n):\n{body}\ng = {call}\n"


STEP = "for i in range(0, len(x), n):"


@pytest.mark.parametrize(
    ("body", "told_of"),
    [
        (f"    {STEP}\n        yield x[i:i + n]", [4, 10, 2]),
        (f"    {STEP}\n        yield x[i:i + n], x[i:i + n]", [4, 10, 2]),
        (f"    {STEP}\n        yield {{'a': x[i:i + n]}}", [4, 10, 2]),
        (f"    while True:\n        {STEP}\n            yield x[i:i + n]", [4, 10, 2]),
        ("    for i in range(len(x) // n):\n        yield x[i * n:(i + 1) * n]", [4, 8, 4]),
        ("    for i in range(0, len(x) - n + 1, n):\n        yield x[i:i + n]", [4, 8, 4]),
        # another array every round, half a batch further, a batch left out, a loop left: nothing is told
        (f"    for x in unknown():\n        {STEP}\n            yield x[i:i + n]", [None] * 3),
        ("    for i in range(0, len(x), 2):\n        yield x[i:i + n]", [None] * 3),
        (f"    {STEP}\n        if unknown():\n            yield x[i:i + n]", [None] * 3),
        (f"    {STEP}\n        yield x[i:i + n]\n        if unknown():\n            break", [None] * 3),
        (f"    {STEP}\n        yield x[i:i + n]\n    yield x[0:1]", [None] * 3),
        (f"    {STEP}\n        yield x[i:i + unknown()]", [None] * 3),
    ],
)
def test_batches_of_a_generator(read: Any, body: str, told_of: list[object]) -> None:
    assert told(read(generator(body)), "generator", *BATCH) == told_of


def test_the_whole_may_be_unknown(read: Any) -> None:
    reading = read(generator(f"    {STEP}\n        yield x[i:i + n]", "rows(unknown('x'), 4)"))
    assert told(reading, "generator", "batch", "samples") == [4, "len(x)"]


def data_set(item: str, count: str = "math.ceil(len(self.x) / self.n)") -> str:
    return (
        f"{HEAD}class Batches:\n    def __init__(self, x, n):\n        self.x, self.n = x, n\n"
        f"    def __len__(self):\n        return {count}\n    def __getitem__(self, i):\n        {item}\nb = Batches(x, 4)\n"
    )


@pytest.mark.parametrize(
    ("source", "told_of"),
    [
        (data_set("return self.x[i * self.n:(i + 1) * self.n]"), [4, 10, 2]),
        (data_set("low = i * self.n\n        return self.x[low:low + self.n], 0"), [4, 10, 2]),
        (data_set("return self.x[i * self.n:(i + 1) * self.n]", "len(self.x) // self.n"), [4, 8, 4]),
        (data_set("return self.x[i]"), [None] * 3),
        (data_set("return self.x[i:i + self.n]"), [None] * 3),
    ],
)
def test_batches_of_a_data_set(read: Any, source: str, told_of: list[object]) -> None:
    assert told(read(source), "Batches", *BATCH) == told_of


def test_a_function_is_as_long_as_the_generator_it_gives(read: Any) -> None:
    closure = (
        "def rows_of(x):\n    def rows():\n        for i in range(len(x)):\n            yield x[i]\n    return rows\n"
    )
    assert read(f"{HEAD}{closure}d = lab.data.Dataset(rows_of(x)).batch(3)\nshow(x=len(d))").value() == 4
