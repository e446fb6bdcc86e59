"""Python: a tree behind limits, places in code points, comments on demand."""

from __future__ import annotations

import ast
import sys
import time
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import Document
from epochlint.sources.python_reader import place_of, python_comments, read_python


def texts_at_places(text: str) -> list[str]:
    """The source at the place of each name and constant."""
    document = read_python("train.py", text)
    assert document.tree is not None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = []
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Name | ast.Constant):
            place = place_of(document, node)
            assert place.path == "train.py"
            assert place.line == place.end_line
            found.append(lines[place.line - 1][place.column - 1 : place.end_column - 1])
    return found


def test_places_count_code_points() -> None:
    assert sorted(texts_at_places("é = 'ü'; x = 1\r\nf('😀😀', y)\rz\n")) == sorted(
        ["é", "'ü'", "x", "1", "f", "'😀😀'", "y", "z"]
    )
    assert texts_at_places("lr = 1e-4") == ["lr", "1e-4"]


def test_a_form_feed_ends_no_line() -> None:
    document = read_python("x.py", "a = 1\n\x0cb = '\x0b\x1c'\nc = 3\n")
    assert document.tree is not None
    assert [place_of(document, node).line for node in document.tree.body] == [1, 2, 3]
    assert document.line(3) == "c = 3"


@pytest.mark.parametrize(
    ("text", "name", "line", "column"),
    [
        ("a = 1\nb = = 2\n", "unreadable-file", 2, 5),
        ("if x:\npass\n", "unreadable-file", 2, 1),
        ("x = (1,\n", "unreadable-file", 1, 5),
        ("é = 'x\n", "unreadable-file", 1, 5),
        ("print 'x'\n", "unreadable-file", 1, 1),
        ("x = " + "(" * 1_500, "unreadable-file", 1, 205),
        ("x = 1" + " + 1" * 20_000, "too-deep", 1, 1),
        ("x = 1" + " + 1" * 900, "too-deep", 1, 1),
        ("x = " + "not " * 50_000 + "y", "too-deep", 1, 1),
        ("x = a" + ".b" * 400, "too-deep", 1, 1),
        ("\n".join(" " * depth + "if x:" for depth in range(200)), "unreadable-file", 101, 1),
    ],
    ids=lambda value: str(value)[:14],
)
def test_problems(text: str, name: str, line: int, column: int) -> None:
    document = read_python("x.py", text)
    (problem,) = document.problems
    assert (problem.name, problem.span.line, problem.fatal) == (name, line, True)
    assert problem.span.column == column or sys.version_info[:2] != (3, 11)
    assert document.tree is None


def test_ordinary_depth_is_read() -> None:
    for text in (
        "x = 1" + " + 1" * 250,
        "x = " + "[" * 90 + "]" * 90,
        "elif_chain = 1\nif a: pass\n" + "elif b: pass\n" * 90,
    ):
        assert read_python("x.py", text).tree is not None


def test_our_own_future_imports_and_warnings_do_not_reach_the_script() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        document = read_python("x.py", "x: int = '\\d'\nassert (1, 'x')\n")
    assert document.tree is not None


def test_comments() -> None:
    text = "#!/usr/bin/env python\nx = '# no'  # one\n'''\n# no\n'''  # two\nf(  # three\n    1)\n"
    text += "é = f'{x!r:#>8}'  # é four\n"
    found = [
        (c.text, c.span.line, c.span.column, c.span.end_column, c.own_line)
        for c in python_comments(read_python("x.py", text))
    ]
    assert found == [
        ("!/usr/bin/env python", 1, 1, 22, True),
        ("one", 2, 13, 18, False),
        ("two", 5, 6, 11, False),
        ("three", 6, 5, 12, False),
        ("é four", 8, 19, 27, False),
    ]
    assert python_comments(read_python("x.py", "x = 1\n")) == ()


def test_comments_of_a_script_that_cannot_be_parsed() -> None:
    document = read_python("x.py", "# one\nx = = 1  # two\ny = '''\n")
    assert [comment.text for comment in python_comments(document)][:2] == ["one", "two"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "x\n" * 30_000,
        "'" + "a" * 1_000_000,
        "#" * 1_000_000,
        "[" * 199 + "]" * 199 + "\n",
        "\\\n" * 200_000,
        "{" * 100_000,
    ],
)
def test_hostile_scripts_cost_little(text: str) -> None:
    start = time.process_time()
    python_comments(read_python("x.py", text))
    assert time.process_time() - start < 10


pieces = st.sampled_from(
    [
        "x",
        "=",
        "1",
        "(",
        ")",
        "\n",
        "    ",
        "if ",
        ":",
        "'",
        '"""',
        "#",
        "def f",
        "\\",
        "\t",
        "é",
        "\x0c",
        "f'{x}'",
        "@",
        "\r",
    ]
)


@given(text=st.one_of(st.text(max_size=50), st.lists(pieces, max_size=20).map("".join)))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused_with_a_place_inside_of_it(text: str) -> None:
    document = read_python("x.py", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert (document.tree is None) == bool(document.problems)
    for problem in document.problems:
        assert 1 <= problem.span.line <= len(lines)
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
    for comment in python_comments(document):
        assert lines[comment.span.line - 1][comment.span.column - 1] == "#"
    assert isinstance(document, Document)
