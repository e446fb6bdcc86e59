"""Tables of numbers that grow while a run goes on: a ramp of the batch size, a window that widens during warmup."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.plan.loop_policy import StepTable

MOST_ROWS = 1_000


def table_of(size: Callable[[int], int], end: int) -> StepTable:
    """Return the rows (count, size) of a function that never falls and changes no more from `end` on.

    Changes are found by bisection: the cost grows with their number, not with `end`.
    """
    rows = [(0, size(0))]
    last = size(end)
    while rows[-1][1] != last and len(rows) < MOST_ROWS:
        low, high = rows[-1][0], end
        while high - low > 1:
            middle = (low + high) // 2
            if size(middle) == rows[-1][1]:
                low = middle
            else:
                high = middle
        rows.append((high, size(high)))
    return tuple(rows)
