"""YAML: values as PyYAML's safe loader has them, places, comments, merges, and limits."""

from __future__ import annotations

import datetime
import math
import time

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import Document, MappingNode, Node, Plain, ScalarNode, SequenceNode, walk
from epochlint.sources.yaml_reader import read_yaml


def root_of(text: str) -> Node:
    document = read_yaml("x.yaml", text)
    assert not document.problems
    assert document.root is not None
    return document.root


def mapping(text: str) -> MappingNode:
    root = root_of(text)
    assert isinstance(root, MappingNode)
    return root


def scalar(text: str) -> ScalarNode:
    node = mapping(f"key: {text}\n").get("key")
    assert isinstance(node, ScalarNode)
    return node


def data_of(node: Node) -> object:
    """The plain data of a node: the last of repeated keys counts."""
    if isinstance(node, MappingNode):
        return {entry.key: data_of(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [data_of(item) for item in node.items]
    return node.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", "1e-4"),
        ("1.0e-4", 1e-4),
        ("1.e-4", 1e-4),
        ("1e6", "1e6"),
        ("1.5e+3", 1500.0),
        ("1.5e3", "1.5e3"),
        ("1_000", 1000),
        ("1:30", 90),
        ("1:30.5", 90.5),
        ("017", 15),
        ("0o17", "0o17"),
        ("08", "08"),
        ("0x1F", 31),
        ("0b101", 5),
        ("-3", -3),
        ("+3", 3),
        ("-0", 0),
        ("3.", 3.0),
        (".5", 0.5),
        ("-.5", "-.5"),
        ("1_0.5_0", 10.5),
        ("on", True),
        ("Yes", True),
        ("TRUE", True),
        ("off", False),
        ("No", False),
        ("y", "y"),
        ("tRUE", "tRUE"),
        ("~", None),
        ("null", None),
        ("", None),
        ("NULL", None),
        ("nULL", "nULL"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("+.inf", math.inf),
        ("inf", "inf"),
        ("nan", "nan"),
        ("2024-01-02", "2024-01-02"),
        ("'8'", "8"),
        ('"8"', "8"),
        ("! 8", 8),
        ("=", "="),
        ("100ba", "100ba"),
        ("auto", "auto"),
        ("!!float 1e6", 1e6),
        ("!!float 1", 1.0),
        ("!!int '3'", 3),
        ("!!str 3", "3"),
        ("!!bool yes", True),
        ("!!null x", None),
        ("!!int ''", ""),
        ("!!float x", "x"),
        ("!!int x", "x"),
        ("!!bool maybe", "maybe"),
        ("9" * 5000, "9" * 5000),
        ("0x" + "f" * 5000, "0x" + "f" * 5000),
    ],
)
def test_scalars(text: str, value: Plain) -> None:
    found = scalar(text).value
    assert found == value
    assert type(found) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(float(str(scalar(".nan").value)))


def test_unknown_tags_stay_with_text_and_structure() -> None:
    root = mapping("lr: !ref <base_lr>\nnet: !new:torch.nn.Linear\n  size: 3\nlist: !tuple [1, 2]\nb: !!binary aGk=\n")
    found = [(entry.key, entry.value.tag, data_of(entry.value)) for entry in root.entries]
    assert found == [
        ("lr", "!ref", "<base_lr>"),
        ("net", "!new:torch.nn.Linear", {"size": 3}),
        ("list", "!tuple", [1, 2]),
        ("b", "!!binary", "aGk="),
    ]


def spans(document: Document) -> dict[tuple[str, ...], tuple[int, int, int, int]]:
    assert document.root is not None
    return {
        path: (node.span.line, node.span.column, node.span.end_line, node.span.end_column)
        for path, node in walk(document.root)
    }


def test_places() -> None:
    text = (
        "é: [1, '😀', x]\r\n"
        "block: |  # c\r\n  a\r\n  b\r\n\r\n"
        "tagged: &n !!float 1e6\r\n"
        "nested:\r\n  - a: 1\r\n    b:\r\n  - {c: 2}\r\n"
        "alias: *n\r\n"
    )
    assert spans(read_yaml("x.yaml", text)) == {
        (): (1, 1, 11, 10),
        ("é",): (1, 4, 1, 15),
        ("é", "0"): (1, 5, 1, 6),
        ("é", "1"): (1, 8, 1, 11),
        ("é", "2"): (1, 13, 1, 14),
        ("block",): (2, 8, 4, 4),
        ("tagged",): (6, 20, 6, 23),
        ("nested",): (8, 3, 10, 11),
        ("nested", "0"): (8, 5, 9, 7),
        ("nested", "0", "a"): (8, 8, 8, 9),
        ("nested", "0", "b"): (9, 7, 9, 7),
        ("nested", "1"): (10, 5, 10, 11),
        ("nested", "1", "c"): (10, 9, 10, 10),
        ("alias",): (6, 20, 6, 23),
    }


def test_lines_are_those_of_editors() -> None:
    root = mapping("a: 'x\u2028y\x85z'\nb: 2\n")
    assert [entry.key_span.line for entry in root.entries] == [1, 2]


def test_a_key_has_its_own_place() -> None:
    (first, second) = mapping("lr: 1\n'two words' : 2\n").entries
    assert (first.key_span.column, first.key_span.end_column) == (1, 3)
    assert (second.key, second.key_span.column, second.key_span.end_column) == ("two words", 1, 12)


def test_keys_are_texts_as_written() -> None:
    root = mapping("1: a\n0x10: b\non: c\n? [x,\n  y]\n: d\n{{ z }}: e\n~: f\n")
    assert root.keys() == ("1", "0x10", "on", "[x, y]", "{{ z }}", "~")


def test_repeated_keys_are_kept_and_the_last_counts() -> None:
    root = mapping("lr: 1\nlr: 2\n")
    assert [data_of(entry.value) for entry in root.entries] == [1, 2]
    assert data_of(root) == {"lr": 2}


def test_merge_keys() -> None:
    root = mapping("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  z: 3\n  <<: [*a, *b]\n  w: 3\n")
    merged = root.get("c")
    assert isinstance(merged, MappingNode)
    found = [(entry.key, data_of(entry.value), entry.inherited, entry.key_span.line) for entry in merged.entries]
    assert found == [("x", 1, True, 1), ("y", 1, True, 1), ("z", 3, False, 4), ("w", 3, False, 6)]


def test_a_merge_key_that_names_no_mapping_is_noted_and_kept() -> None:
    document = read_yaml("x.yaml", "a:\n  <<: 3\n  b: 1\n")
    assert [(problem.name, problem.span.line, problem.fatal) for problem in document.problems] == [
        ("unreadable-file", 2, False)
    ]
    assert document.root is not None
    assert data_of(document.root) == {"a": {"<<": 3, "b": 1}}


def test_several_documents() -> None:
    document = read_yaml("x.yaml", "---\n---\na: 1\n---\nb: 2\n--- 3\n")
    assert document.root is not None
    assert [data_of(root) for root in (document.root, *document.further_roots)] == [{"a": 1}, {"b": 2}, 3]


def test_an_empty_file_has_no_root_and_no_problem() -> None:
    for text in ("", "# nothing\n", "---\n", "\n\n"):
        document = read_yaml("x.yaml", text)
        assert (document.root, document.problems) == (None, ())


def test_comments() -> None:
    text = (
        "# top\n"
        "a: x#no  # one\n"
        "b: 'it # no' # two\n"
        'c: "a\n  # no\n  b" # three\n'
        "d: |  # four\n  # no\n  text\n# five\n"
        "e: [1, # six\n  2]#seven\n"
        "f: >-\n    # no\n\n    # no\n  # eight\n"
        "g: a b\n  # nine\n"
        "url: http://x/#no\n"
    )
    found = [(comment.text, comment.span.line, comment.own_line) for comment in read_yaml("x.yaml", text).comments]
    assert found == [
        ("top", 1, True),
        ("one", 2, False),
        ("two", 3, False),
        ("three", 6, False),
        ("four", 7, False),
        ("five", 10, True),
        ("six", 11, False),
        ("seven", 12, False),
        ("eight", 17, True),
        ("nine", 19, True),
    ]


@pytest.mark.parametrize(
    ("text", "name", "line", "column"),
    [
        ("a: 1\nb: [1, 2\n", "unreadable-file", 3, 1),
        ("a: b: c\n", "unreadable-file", 1, 5),
        ("a:\n\t- 1\n", "unreadable-file", 2, 1),
        ("a: 1\nb: \x07\n", "unreadable-file", 2, 4),
        ("é: *nobody\n", "unreadable-file", 1, 4),
        ("a: &a [1, *a]\n", "cyclic-alias", 1, 11),
        ("a: &a {b: {<<: *a}}\n", "cyclic-alias", 1, 16),
        ("[" * 300, "too-deep", 1, 101),
        ("[" * 40_000, "too-deep", 1, 1001),
        ("\n".join("  " * depth + "a:" for depth in range(300)), "too-deep", 101, 201),
        ("- &a 1\n" + "- *a\n" * 1_001, "too-many-aliases", 1_002, 3),
    ],
    ids=lambda value: str(value)[:20],
)
def test_problems(text: str, name: str, line: int, column: int) -> None:
    document = read_yaml("x.yaml", text)
    (problem,) = document.problems
    assert (problem.name, problem.span.line, problem.span.column, problem.fatal) == (name, line, column, True)
    assert document.root is None


def bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def merge_bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * width)}], k{n}: 1}}" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (bomb(12, 9), "too-many-aliases"),
        (bomb(900, 1), "too-deep"),
        (merge_bomb(60, 2), "too-deep"),
        (
            "base: &b\n" + "".join(f"  k{n}: 1\n" for n in range(2_000)) + "all:\n" + "  - {<<: *b}\n" * 200,
            "too-many-aliases",
        ),
        ("a: " + "1:" * 500_000 + "1", None),
        ("a: " + "{a: " * 250_000, "too-deep"),
        ("? " * 300_000, "too-deep"),
        ("- " * 300_000, "too-deep"),
        ("a: !" + "x" * 900_000 + " 1", None),
        ("[" + "1," * 30_000 + "]", None),
        ("&a " * 300_000, "unreadable-file"),
        ("# c\n" * 50_000, None),
        ("a: 'x #\n" * 1 + "  # y\n" * 150_000 + "'", None),
    ],
    ids=range(13),
)
def test_hostile_files_cost_little(text: str, name: str | None) -> None:
    start = time.process_time()
    document = read_yaml("x.yaml", text)
    assert time.process_time() - start < 12
    assert [problem.name for problem in document.problems] == ([name] if name else [])


def test_a_harmless_number_of_merges_is_read() -> None:
    assert read_yaml("x.yaml", merge_bomb(8, 9)).problems == ()


# --- against PyYAML ---------------------------------------------------------------------------------------------------

plain_texts = st.text(st.sampled_from("0123456789+-._:eExXabinfINFnulyYoO~ "), max_size=12)


@given(text=plain_texts)
@settings(max_examples=800, deadline=None)
def test_plain_scalars_are_what_the_safe_loader_makes_of_them(text: str) -> None:
    assert_same(f"- {text}\n")


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False), st.text(max_size=20)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=20,
)


@given(value=values, flow=st.sampled_from([True, False, None]), style=st.sampled_from([None, "'", '"', "|", ">"]))
@settings(max_examples=120, deadline=None)
def test_what_pyyaml_writes_is_read_as_it_was(value: object, flow: bool | None, style: str | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, default_style=style, allow_unicode=True, width=40)
    assert_same(text)


fragments = st.sampled_from(
    [
        "a",
        "b: ",
        "1",
        "- ",
        "? ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\n",
        "\n  ",
        "\n    ",
        "'",
        '"',
        "|\n",
        ">-\n",
        "# c",
        " #",
        "&x ",
        "*x",
        "!t ",
        "!!float ",
        "<<: ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "~",
        "\t",
        "1e-4",
        "é",
        "😀",
        "\r\n",
        "\x85",
        "\u2028",
        "\ufeff",
        "{{ x }}",
        "${a}",
        "\\",
        "@",
        "`",
    ]
)


@given(text=st.one_of(st.text(max_size=60), st.lists(fragments, max_size=25).map("".join)))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused_with_places_inside_of_it(text: str) -> None:
    text = text.lstrip("\ufeff")  # who opens the file takes them away
    document = read_yaml("x.yaml", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    inside = [comment.span for comment in document.comments] + [problem.span for problem in document.problems]
    for root in (document.root, *document.further_roots):
        if root is not None:
            inside.extend(node.span for _, node in walk(root))
    for span in inside:
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)
    for comment in document.comments:
        assert lines[comment.span.line - 1][comment.span.column - 1] == "#"
    if document.root is not None and not document.further_roots and not document.problems:
        assert_same(text)


@given(text=st.lists(fragments, max_size=25).map("".join))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_libyaml_files_are_read_too(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_library = read_yaml("x.yaml", text)
    with monkeypatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        without = read_yaml("x.yaml", text)
    if not with_library.problems and not without.problems and text.isascii():
        assert [data_of(root) for root in roots_of(without)] == [data_of(root) for root in roots_of(with_library)]


def test_deep_files_are_refused_without_libyaml_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    for text in ("[" * 5_000, "- " * 5_000, "a: &a [*a]", "{" * 300):
        assert len(read_yaml("x.yaml", text).problems) == 1
    assert data_of(root_of("a: [1, 2] # x\n")) == {"a": [1, 2]}


def roots_of(document: Document) -> tuple[Node, ...]:
    return (document.root, *document.further_roots) if document.root is not None else ()


def assert_same(text: str) -> None:
    """Compare with what the safe loader makes of a text, where it makes anything of it."""
    try:
        expected = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except Exception:
        return
    document = read_yaml("x.yaml", text)
    assert not document.problems
    found = data_of(document.root) if document.root is not None else None
    assert_equal(found, expected)


def assert_equal(found: object, expected: object) -> None:
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        if all(isinstance(key, str) for key in expected):
            assert found.keys() == expected.keys()
            for key, value in expected.items():
                assert_equal(found[key], value)
        return
    if isinstance(expected, list):
        assert isinstance(found, list)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_equal(one, other)
        return
    if isinstance(expected, datetime.date | bytes | set):
        return
    assert type(found) is type(expected)
    assert found == expected or (found != found and expected != expected)
