"""Products in comments: what is read as one, and what is not."""

from __future__ import annotations

import pytest

from epochlint.checking.sums import sums_in


@pytest.mark.parametrize(
    ("text", "factors", "stated"),
    [
        (" 8 gpus * 4 * 2 = 64", (8, 4, 2), 64),
        ("global batch: 16 per device x 8 devices = 128", (16, 8), 128),
        ("4*8=32", (4, 8), 32),
        ("1,024 × 8 = 8,192 samples", (1024, 8), 8192),
        ("50_000 * 3 = 150_000", (50_000, 3), 150_000),
        ("(2 * 3) is small, 4 * 5 = 20", (4, 5), 20),
    ],
)
def test_a_product_is_read(text: str, factors: tuple[int, ...], stated: int) -> None:
    (one,) = sums_in(text)
    assert (one.factors, one.stated) == (factors, stated)


@pytest.mark.parametrize(
    "text",
    [
        "64 / 8 * 2 = 16",
        "10 + 3 * 4 = 22",
        "0.1 * 100 = 10",
        "100 * 0.1 = 10",
        "3 * 4 = 12.5",
        "3 * 4 = 12 * 2",
        "3 * 4 == 12",
        "(2 + 3) * 4 = 20",
        "batch * 4 = 32",
        "224x224 crops, lr = 3",
        "2 ** 10 = 1024",
        "3 * 4 = 12k",
        "x = 3 * 4",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert list(sums_in(text)) == []
