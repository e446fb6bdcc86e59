"""Ini files with JSON values and dotted sections."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import MappingNode, Node, ScalarNode, SequenceNode, walk
from epochlint.sources.ini_reader import read_ini

TEXT = """\
# top
[paths]
train = "corpus/é.spacy"
dev = null

[training]
max_steps = 20000
dropout=0.1
before = ${paths.dev}
name : plain text
list = [1, "b",
    {"c": 2.5}]
; two
[training.batcher.size]
@schedules = "compounding.v1"
t = 0.0

[training.optimizer]
flags = [true, false]
bad = [1,
"""


def data_of(node: Node | None) -> object:
    if isinstance(node, MappingNode):
        return {entry.key: data_of(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [data_of(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


def test_sections_nest_and_values_are_json_or_text() -> None:
    document = read_ini("config.cfg", TEXT)
    assert not document.problems
    assert data_of(document.root) == {
        "paths": {"train": "corpus/é.spacy", "dev": None},
        "training": {
            "max_steps": 20000,
            "dropout": 0.1,
            "before": "${paths.dev}",
            "name": "plain text",
            "list": [1, "b", {"c": 2.5}],
            "batcher": {"size": {"@schedules": "compounding.v1", "t": 0.0}},
            "optimizer": {"flags": [True, False], "bad": "[1,"},
        },
    }


def test_places() -> None:
    root = read_ini("config.cfg", TEXT).root
    assert isinstance(root, MappingNode)
    spans = {
        ".".join(path): (node.span.line, node.span.column, node.span.end_line, node.span.end_column)
        for path, node in walk(root)
    }
    assert spans["paths.train"] == (3, 9, 3, 25)
    assert spans["training.max_steps"] == (7, 13, 7, 18)
    assert spans["training.dropout"] == (8, 9, 8, 12)
    assert spans["training.before"] == (9, 10, 9, 22)
    assert spans["training.list"] == (11, 8, 12, 16)
    assert spans["training.list.2.c"] == (12, 11, 12, 14)
    training = root.get("training")
    assert isinstance(training, MappingNode)
    key = training.entries[0].key_span
    assert (key.line, key.column, key.end_column) == (7, 1, 10)


def test_comments() -> None:
    found = [(comment.text, comment.span.line) for comment in read_ini("config.cfg", TEXT).comments]
    assert found == [("top", 1), ("two", 13)]


def test_limits() -> None:
    deep = read_ini("x.cfg", "[" + ".".join("a" * 200) + "]\nb = 1\n")
    assert [problem.name for problem in deep.problems] == ["too-deep"]
    deep = read_ini("x.cfg", "[a]\nb = " + "[" * 5_000)
    assert [problem.name for problem in deep.problems] == ["too-deep"]


@given(
    text=st.lists(
        st.sampled_from(
            ["[a]", "[a.b", "=", "x = ", "1", "[1, ", "]", "\n", "\n  ", "# c", '"', "{", "é", "\r\n", ":", "a"]
        ),
        max_size=20,
    ).map("".join)
)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_with_places_inside_of_it(text: str) -> None:
    document = read_ini("x.cfg", text)
    assert document.root is not None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for _, node in walk(document.root):
        span = node.span
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
