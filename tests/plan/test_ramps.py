"""Tables of windows that grow: found by bisection, the same as by looking at every tick."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.plan.ramps import table_of


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 500), st.integers(1, 64), st.integers(1, 64))
def test_a_table_is_its_function(end: int, low: int, rise: int) -> None:
    def size(tick: int) -> int:
        return round(low + rise * min(tick, end) / end)

    rows = table_of(size, end)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    for tick in range(end + 10):
        assert size(tick) == next(value for start, value in reversed(rows) if start <= tick)


def test_the_cost_grows_with_the_changes_alone() -> None:
    asked = []

    def size(tick: int) -> int:
        asked.append(tick)
        return 1 + 15 * min(tick, 10**12) // 10**12

    assert len(table_of(size, 10**12)) == 16
    assert len(asked) < 1_000
