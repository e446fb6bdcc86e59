"""JSON: values as `json.loads` has them, places, repeated keys, comments where they are allowed, limits."""

from __future__ import annotations

import json
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import MappingNode, Node, ScalarNode, SequenceNode, walk
from epochlint.sources.json_reader import is_relaxed, read_json


def data_of(node: Node | None) -> object:
    if isinstance(node, MappingNode):
        return {entry.key: data_of(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [data_of(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, -2, 0, 1.5, 1e3, -1E-3, 1.0e+2], "b": {"c": null, "d": true, "e": false}}',
        '"x\\n\\u00e9\\ud83d\\ude00/\\/"',
        " [ ] ",
        "{}",
        "1e999999",
        '["\u2028"]',
        "123456789012345678901234567890",
        "-0",
        "-0.0",
    ],
)
def test_values(text: str) -> None:
    document = read_json("x.json", text)
    assert not document.problems
    assert data_of(document.root) == json.loads(text)
    assert repr(data_of(document.root)) == repr(json.loads(text))


def test_what_python_reads_beyond_the_standard() -> None:
    values = data_of(read_json("x.json", "[NaN, Infinity, -Infinity]").root)
    assert isinstance(values, list)
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf]


def test_places_and_texts() -> None:
    document = read_json("x.json", '{\n  "é😀": [1.50, "x"],\r\n  "b": {"c": null}\n}\n')
    assert document.root is not None
    found = [
        (".".join(path), node.span.line, node.span.column, node.span.end_line, node.span.end_column)
        for path, node in walk(document.root)
    ]
    assert found == [
        ("", 1, 1, 4, 2),
        ("é😀", 2, 9, 2, 20),
        ("é😀.0", 2, 10, 2, 14),
        ("é😀.1", 2, 16, 2, 19),
        ("b", 3, 8, 3, 19),
        ("b.c", 3, 14, 3, 18),
    ]
    root = document.root
    assert isinstance(root, MappingNode)
    assert (root.entries[1].key_span.line, root.entries[1].key_span.column, root.entries[1].key_span.end_column) == (
        3,
        3,
        6,
    )
    texts = [(node.text, node.quoted) for _, node in walk(root) if isinstance(node, ScalarNode)]
    assert texts == [("1.50", False), ("x", True), ("null", False)]


def test_repeated_keys_are_kept() -> None:
    root = read_json("x.json", '{"a": 1, "b": 2, "a": 3}').root
    assert isinstance(root, MappingNode)
    assert [entry.key for entry in root.entries] == ["a", "b", "a"]
    assert root.keys() == ("a", "b")
    assert data_of(root.get("a")) == 3


RELAXED = '{\n  // one\n  "a": [1, 2,], /* two\n  */ "b": 3, // three\n}\n'


def test_comments_and_trailing_commas_where_they_are_allowed() -> None:
    for name in ("conf/x.jsonc", "x.json5", "tsconfig.json", "tsconfig.base.json", ".vscode/settings.json"):
        document = read_json(name, RELAXED)
        assert not document.problems
        assert data_of(document.root) == {"a": [1, 2], "b": 3}
        found = [
            (comment.text, comment.span.line, comment.span.end_line, comment.own_line) for comment in document.comments
        ]
        assert found == [("one", 2, 2, True), ("two", 3, 4, False), ("three", 4, 4, False)]


def test_in_plain_json_they_are_a_problem_and_reading_goes_on() -> None:
    document = read_json("ds_config.json", RELAXED)
    (problem,) = document.problems
    assert (problem.name, problem.message, problem.span.line, problem.span.column) == (
        "unreadable-file",
        "JSON has no comments",
        2,
        3,
    )
    assert not problem.fatal
    assert data_of(document.root) == {"a": [1, 2], "b": 3}
    (problem,) = read_json("x.json", "[1,\n2 ,\n]").problems
    assert (problem.message, problem.span.line, problem.span.column, problem.fatal) == (
        "JSON has no trailing commas",
        2,
        3,
        False,
    )


def test_which_files_are_relaxed() -> None:
    assert [is_relaxed(path) for path in ("a.json", "a.jsonc", "config.json", "x/jsconfig.json")] == [
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("  \n ", 1, 1),
        ('{"a": 1', 1, 8),
        ('{"a": 1,\n "b" 2}', 2, 6),
        ("[1 2]", 1, 4),
        ("{a: 1}", 1, 2),
        ("[01]", 1, 2),
        ("[1.]", 1, 2),
        ("[.5]", 1, 2),
        ("[+1]", 1, 2),
        ("[1e]", 1, 2),
        ("['x']", 1, 2),
        ("[tru]", 1, 2),
        ('["a\nb"]', 1, 4),
        ('["\\q"]', 1, 3),
        ('["\\u12"]', 1, 4),
        ('["x', 1, 2),
        ("[1] x", 1, 5),
        ("[,]", 1, 2),
        ("[1,,2]", 1, 4),
        ("{,}", 1, 2),
        ("[1, /* x", 1, 5),
        ("[1, / 2]", 1, 5),
        ('{"a"}', 1, 5),
        ("[NAN]", 1, 2),
        ("[１]", 1, 2),
        ("]", 1, 1),
    ],
)
def test_errors_have_line_and_column(text: str, line: int, column: int) -> None:
    document = read_json("x.json", text)
    (problem,) = document.problems
    assert (problem.name, problem.fatal, problem.span.line, problem.span.column) == (
        "unreadable-file",
        True,
        line,
        column,
    )
    assert document.root is None
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


def test_absurd_numbers_stay_texts() -> None:
    for digits in ("9" * 5_000, "1." + "0" * 5_000):
        document = read_json("x.json", f"[{digits}]")
        assert data_of(document.root) == [digits]
        assert [(problem.name, problem.fatal) for problem in document.problems] == [("unreadable-file", False)]


def test_half_characters_are_replaced() -> None:
    assert data_of(read_json("x.json", '["a\\ud800b"]').root) == ["a?b"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 101 + "]" * 101,
        "//" * 200_000,
        " " * 1_000_000,
        '"' + "\\n" * 300_000 + '"',
        "-" * 500_000,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_files_cost_little(text: str) -> None:
    start = time.process_time()
    document = read_json("x.json", text)
    assert time.process_time() - start < 5
    if text[0] in "[{":
        assert [problem.name for problem in document.problems] == ["too-deep"]


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=20,
)


@given(value=values, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_json_writes_is_read_as_it_was(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = read_json("x.json", text)
    assert not document.problems
    assert repr(data_of(document.root)) == repr(json.loads(text))


pieces = st.sampled_from(
    ['"', "{", "}", "[", "]", ",", ":", "1", "-", ".", "e", "true", "null", "\\", "u00e9", " ", "\n", "//", "/*", "*/"]
)


@given(text=st.one_of(st.text(max_size=40), st.lists(pieces, max_size=20).map("".join)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_as_json_does_or_refused(text: str) -> None:
    document = read_json("x.json", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for span in [*(problem.span for problem in document.problems), *(comment.span for comment in document.comments)]:
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    try:
        expected = json.loads(text)
    except ValueError:
        assert document.problems
    else:
        assert not document.problems
        assert repr(data_of(document.root)) == repr(expected)
