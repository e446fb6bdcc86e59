"""TOML: values as `tomllib` has them, with their places."""

from __future__ import annotations

import datetime
import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import MappingNode, Node, ScalarNode, SequenceNode, walk
from epochlint.sources.toml_reader import read_toml


def data_of(node: Node | None) -> object:
    if isinstance(node, MappingNode):
        return {entry.key: data_of(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [data_of(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


TEXT = """\
# top
title = "é" # one
owner.name.'first' = 1_000
"quoted \\u00e9" = [1, # two
  [2, '#'],
  {a = 1.5, b.c = true}, ]

[tool.run] # three
when = 2024-01-02
m = \"\"\"
x = 1 ""\\"
\"\"\"\"

[[runs]]
n = 0x1F
[[runs]]
n = 2
[runs.sub]
deep = nan
"""


def test_values() -> None:
    found = data_of(read_toml("x.toml", TEXT).root)
    assert isinstance(found, dict)
    expected = tomllib.loads(TEXT)
    expected["tool"]["run"]["when"] = "2024-01-02"
    assert repr(found) == repr(expected)


def test_places() -> None:
    root = read_toml("x.toml", TEXT).root
    assert root is not None
    spans = {
        ".".join(path): (node.span.line, node.span.column, node.span.end_line, node.span.end_column)
        for path, node in walk(root)
        if isinstance(node, ScalarNode | SequenceNode)
    }
    assert spans == {
        "title": (2, 9, 2, 12),
        "owner.name.first": (3, 22, 3, 27),
        "quoted é": (4, 19, 6, 27),
        "quoted é.0": (4, 20, 4, 21),
        "quoted é.1": (5, 3, 5, 11),
        "quoted é.1.0": (5, 4, 5, 5),
        "quoted é.1.1": (5, 7, 5, 10),
        "quoted é.2.a": (6, 8, 6, 11),
        "quoted é.2.b.c": (6, 19, 6, 23),
        "tool.run.when": (9, 8, 9, 18),
        "tool.run.m": (10, 5, 12, 5),
        "runs": (14, 3, 14, 7),
        "runs.0.n": (15, 5, 15, 9),
        "runs.1.n": (17, 5, 17, 6),
        "runs.1.sub.deep": (19, 8, 19, 11),
    }


def test_keys_tables_and_texts() -> None:
    root = read_toml("x.toml", TEXT).root
    assert isinstance(root, MappingNode)
    keys = [
        (entry.key, entry.key_span.line, entry.key_span.column, entry.key_span.end_column) for entry in root.entries
    ]
    assert keys == [
        ("title", 2, 1, 6),
        ("owner", 3, 1, 6),
        ("quoted é", 4, 1, 16),
        ("tool", 8, 2, 6),
        ("runs", 14, 3, 7),
    ]
    tool = root.get("tool")
    assert isinstance(tool, MappingNode)
    run = tool.entries[0]
    assert (run.key_span.line, run.key_span.column, run.value.span.line, run.value.span.end_line) == (8, 7, 8, 12)
    owner = [node for _, node in walk(root) if isinstance(node, ScalarNode) and node.value == 1000]
    assert [(node.text, node.quoted) for node in owner] == [("1_000", False)]


def test_comments() -> None:
    found = [(comment.text, comment.span.line, comment.own_line) for comment in read_toml("x.toml", TEXT).comments]
    assert found == [("top", 1, True), ("one", 2, False), ("two", 4, False), ("three", 8, False)]


@pytest.mark.parametrize(
    ("text", "name", "line", "column"),
    [
        ("a = 1\nb = \n", "unreadable-file", 2, 5),
        ("a = 1\na = 2\n", "unreadable-file", 2, 6),
        ("a = [1,\n", "unreadable-file", 2, 1),
        ("[a\n", "unreadable-file", 1, 3),
        ("a = " + "9" * 5_000, "unreadable-file", 1, 1),
        ("a = " + "[" * 500, "too-deep", 1, 106),
        ("a = " + "{b = " * 500, "too-deep", 1, 510),
        (".".join("a" * 200) + " = 1", "too-deep", 1, 201),
        ("[" + ".".join("a" * 60) + "]\n" + ".".join("b" * 60) + " = 1", "too-deep", 2, 81),
    ],
    ids=lambda value: str(value)[:12],
)
def test_problems(text: str, name: str, line: int, column: int) -> None:
    document = read_toml("x.toml", text)
    (problem,) = document.problems
    assert (problem.name, problem.span.line, problem.span.column, problem.fatal) == (name, line, column, True)
    assert document.root is None


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 400_000) + " = 1",
        "a = [" + "1," * 30_000 + "]",
        "[[a]]\n" * 10_000,
        'a = "' + "\\" * 500_000 + '"',
        'a = """' + '\\"' * 300_000 + '"""',
        "'" * 500_000,
        "#\n" * 100_000,
        "\n".join(f"{'a.' * 90}b{i} = 1" for i in range(600)),
    ],
    ids=range(8),
)
def test_hostile_files_cost_little(text: str) -> None:
    start = time.process_time()
    read_toml("x.toml", text)
    assert time.process_time() - start < 10


keys = st.one_of(
    st.sampled_from(["a", "b-c", "D_1", '"x y"', "'z.#'", '"\\u0041"']), st.sampled_from(["a.b", 'a . "c"', "b.'d'"])
)
atoms = st.sampled_from(
    [
        "1",
        "-2",
        "1_0",
        "0xff",
        "1.5",
        "1e-4",
        "inf",
        "true",
        '"x"',
        "'#'",
        '""',
        '"\\""',
        "'''a\n'b'''",
        '"""\n#"" """',
        "2024-01-02",
        "2024-01-02 03:04:05Z",
        '"é😀"',
    ]
)
blanks = st.sampled_from(["", " ", "\t"])
values = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", # x\n ".join(items) + "]"),
        st.lists(st.tuples(keys, inner), max_size=2).map(
            lambda pairs: "{" + ", ".join(f"{k} = {v}" for k, v in pairs) + "}"
        ),
    ),
    max_leaves=6,
)
lines = st.one_of(
    st.tuples(keys, blanks, values, blanks).map(lambda p: f"{p[0]}{p[1]}={p[1]}{p[2]}{p[3]}"),
    keys.map(lambda key: f"[{key}]"),
    keys.map(lambda key: f"[[ {key} ]] # c"),
    st.just("# comment"),
    st.just(""),
)


@given(
    text=st.lists(lines, max_size=8).flatmap(
        lambda rows: st.sampled_from(["\n".join(rows), "\r\n".join(rows) + "\r\n"])
    )
)
@settings(max_examples=250, deadline=None)
def test_every_value_of_a_valid_file_has_its_own_place(text: str) -> None:
    document = read_toml("x.toml", text)
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert document.problems
        return
    assert not document.problems
    assert repr(data_of(document.root)) == repr(_plain(expected, document.root))
    assert document.root is not None
    rows = text.replace("\r\n", "\n").split("\n")
    for _, node in walk(document.root):
        if isinstance(node, ScalarNode) and node.span.line == node.span.end_line:
            source = rows[node.span.line - 1][node.span.column - 1 : node.span.end_column - 1]
            assert tomllib.loads(f"x = {source}")["x"] == node.value or source == node.text


def _plain(value: object, node: Node | None) -> object:
    """Dates become the texts they were written as."""
    if isinstance(value, dict) and isinstance(node, MappingNode):
        return {key: _plain(inner, node.get(key)) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(node, SequenceNode):
        return [_plain(inner, item) for inner, item in zip(value, node.items, strict=True)]
    if isinstance(value, datetime.date | datetime.time):
        assert isinstance(node, ScalarNode)
        return node.text
    return value


@given(text=st.text(st.sampled_from("ab.[]{}=\"'#, \n\r\\0123é"), max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    document = read_toml("x.toml", text)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert [problem.name for problem in document.problems] == ["unreadable-file"]
    else:
        assert not document.problems
