"""Text that fits the terminal: widths, escapes, colours, numbers, tables."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.expressions.units import parse_unit
from epochlint.expressions.values import Alternative, Known, OneOf, Unknown, Value
from epochlint.reports.colour import palette
from epochlint.reports.numbers import amount, number
from epochlint.reports.table import Table
from epochlint.reports.terminal import columns, listed, safe, safe_path, shortened, shown_line, width, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain × 4", "plain × 4"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("admin\u202egpj", "admin\\u202egpj"),
        ("\udc80", "\\udc80"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_nothing_that_steers_a_terminal_is_shown(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("src/x.py", "src/x.py"),
        ("::error::.py", "./::error::.py"),
        (" ::x", "./ ::x"),
        ("##[a]", "./##[a]"),
        ("ü.py", "ü.py"),
    ],
)
def test_a_path_cannot_command_a_build_service(path: str, shown: str) -> None:
    assert safe_path(path) == shown


@pytest.mark.parametrize(("text", "size"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("×", 1), ("🙂", 2)])
def test_widths(text: str, size: int) -> None:
    assert width(text) == size


def test_tabs_go_to_stops_and_positions_follow() -> None:
    line = shown_line("\ta\t日b")
    assert line.text == "    a   日b"
    assert [line.column(position) for position in range(1, 7)] == [0, 4, 5, 8, 10, 11]
    assert line.window(8, 9) == " "


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_shortened_text_fits(text: str, limit: int) -> None:
    shown = safe(text)
    for keep_end in (False, True):
        cut = shortened(shown, limit, keep_end=keep_end)
        assert width(cut) <= limit
        assert cut == shown or "…" in cut


@given(st.text(alphabet="ab 日", max_size=60), st.integers(4, 30))
def test_wrapping_loses_nothing_and_fits_unless_a_word_does_not(text: str, limit: int) -> None:
    lines = wrapped(text, limit)
    assert " ".join(lines).split() == text.split()
    assert all(width(line) <= limit or " " not in line.strip() for line in lines)


def test_lists_in_words() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"]), listed([])] == [
        "a",
        "a and b",
        "a, b and c",
        "",
    ]


# --- colours and columns -------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "on"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_about_colours(
    choice: str, environment: dict[str, str], terminal: bool, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert palette(choice, Terminal() if terminal else io.StringIO()).on is on


def test_a_pipe_has_100_columns_unless_somebody_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert columns(io.StringIO()) == 100
    for said, meant in (("72", 72), ("7", 40), ("x", 100), ("0", 100)):
        monkeypatch.setenv("COLUMNS", said)
        assert columns(io.StringIO()) == meant


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (50_000, "50,000"),
        (2.4509803921568627, "2.45"),
        (20.0, "20"),
        (2.999, "2.999"),
        (0.06, "0.06"),
        (0.1, "0.1"),
        (5e-5, "5e-05"),
        (1_234.5, "1,234.5"),
        (float("inf"), "endless"),
        (float("nan"), "not a number"),
        (True, "yes"),
        (None, "none"),
        ("cosine", "cosine"),
        ((1, 2.5), "[1, 2.5]"),
        (10**40, "about 1e+40"),
        (10**400, "a huge number"),
        (-3, "-3"),
    ],
)
def test_numbers(value: Any, shown: str) -> None:
    assert number(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_not_whole_does_not_look_whole(value: float) -> None:
    shown = number(value)
    if abs(value) < 1e12 and value != int(value):
        assert float(shown.replace(",", "")) == pytest.approx(value, rel=0.01)
        assert float(shown.replace(",", "")) != int(value) or abs(value) >= 1e5


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Known(500), "steps", "500 steps"),
        (Known(1), "steps", "1 step"),
        (Known(8), "samples/micro-batches", "8 samples"),
        (Known(1), "micro-batches/steps", "1 micro-batch"),
        (Known(1), "processes", "1 process"),
        (Known(0.03), "ratio", "0.03"),
        (Known(True), "flag", "yes"),
        (Unknown(), "flag", "unknown"),
        (OneOf((Alternative(4), Alternative(8))), "processes", "4 or 8 processes"),
        (Unknown("because"), "steps", "unknown"),
    ],
)
def test_amounts(value: Value, unit: str, shown: str) -> None:
    assert amount(value, parse_unit(unit)) == shown


# --- tables --------------------------------------------------------------------------------------------------------


def test_a_table_lines_up_wraps_one_column_and_drops_empty_ones() -> None:
    table = Table(("", "", "", ""), wide=1, largest={3: 6})
    table.add("日", "one two three four five six seven", "", "a/long/path")
    table.add("abcd", "x", "", "b")
    assert list(table.lines(42)) == [
        "  日    one two three four five     …/path",
        "        six seven",
        "  abcd  x                           b",
    ]
