"""What is read without PyYAML is read as PyYAML would have it: values, places, comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yaml.resolver import Resolver

from epochlint.sources.plain_yaml import PlainReader
from epochlint.sources.yaml_reader import _read_whole, read_yaml
from epochlint.sources.yaml_scalars import number, plain_value

ROOT = Path(__file__).parents[2]

PLAIN = """\
---
# how long
output_dir: ./out  # beside
name: a b-c (d)
steps: 1000
rate: 5e-5
other: 1.0e-05
empty:
list: [1, two, "three, four", 'five']
nothing: []
none: {}
nested:
  deep:
    - a: 1
      b:
        c: "#no comment"
    - x
after:
- 1
- k: v
last: true
"""

CASES = [
    PLAIN,
    "a:\n",
    "a: 1",
    "- 1\n- b: 2\n  c:\n- d\n",
    "  a: 1\n  b: 2\n",
    "a:\n\n    # deep\n    b: 1   \n\n",
    "a: b#c\nd: 'e' # f\n",
    "a:\n  - b:\n    - c\n    d: 1\n  - e\nf:\n- g\nh: <i>\n",
    "a: -1\nb: -.5\nc: ~\nd: null\ne: .inf\n",
    "a: [ 1 , 2 ]\nb: [-1, +2]\n",
]
# What is written otherwise, or wrong, is left to the whole reader.
NOT_PLAIN = [
    "",
    "# only this\n",
    "word\n",
    "a: |\n  b\n",
    "a: &x 1\nb: *x\n",
    "a: !!float 1\n",
    'a: "\\n"\n',
    "a: 'it''s'\n",
    "a: b\n  c\n",
    "a: b: c\n",
    "a: [1,\n 2]\n",
    "a: [[1]]\n",
    "a: {b: 1}\n",
    "a: 1\n b: 2\n",
    "a:\n  b: 1\n c: 2\n",
    "a:\tb\n",
    "a: é\n",
    "a: 1\r\nb: 2\r\n",
    "a: 1\n---\nb: 2\n",
    "<<: 1\n",
    "- a\nb: 1\n",
    "a: - 1\n",
    "- - 1\n",
    "a: 'b' c\n",
    "a: 1\nb\n",
    "a: [1, ]\n",
    "%YAML 1.1\n---\na: 1\n",
]


def _agrees(text: str) -> bool:
    """Compare both ways of reading where the plain one answers; tell whether it does."""
    plain = PlainReader().read(text) is not None
    if plain:
        assert repr(read_yaml("x.yaml", text)) == repr(_read_whole("x.yaml", text))
    return plain


@pytest.mark.parametrize("text", CASES)
def test_plain_texts_are_read_as_the_whole_reader_does(text: str) -> None:
    assert _agrees(text)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_other_texts_are_left_to_the_whole_reader(text: str) -> None:
    assert PlainReader().read(text) is None


@pytest.mark.parametrize("folder", ["examples", "frameworks", "schedules", "apis", "launchers"])
def test_our_own_files(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.yaml")):
        _agrees(path.read_text(encoding="utf-8"))


LINES = (
    "a: 1", "b:", "- x", "- c: 2", "-", "key: 'v' # c", "d: [1, b]", "# note", "", "---", "e: 5e-5", 'f: "g"', "- h:",
    "i: j k", "l",
)  # fmt: skip
PUT = ("", " ", "\n", ":", "-", "#", "[", "]", ",", "'", '"', "{", "|", "&", "1", "e", ": ", " #", "\n- ")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=8), st.lists(st.integers(0, 4), min_size=8, max_size=8))
def test_indentation_means_the_same(lines: list[str], depths: list[int]) -> None:
    _agrees("\n".join(" " * depth + line for line, depth in zip(lines, depths, strict=False)))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_changed_character_means_the_same(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(CASES))
    for _ in range(data.draw(st.integers(1, 3))):
        where = data.draw(st.integers(0, len(text)))
        put = data.draw(st.sampled_from(PUT))
        text = text[:where] + put + text[where + data.draw(st.integers(0, 2)) :]
    _agrees(text)


def _by_patterns(text: str) -> object:
    """What PyYAML's own patterns make of a plain scalar that begins like a number."""
    for tag, pattern in Resolver.yaml_implicit_resolvers[text[0]]:
        if tag.rpartition(":")[2] in ("int", "float") and pattern.match(text):
            value = number(text, tag.endswith("float"))
            return text if value is None else value
    return text


@settings(max_examples=1_000, deadline=None)
@given(st.text("0123456789", min_size=1, max_size=3) | st.just(""), st.text("0123456789eE.+-_:xab", max_size=6))
def test_numbers_are_those_of_the_installed_pyyaml(begin: str, rest: str) -> None:
    for text in (begin + rest, f"-{begin}{rest}", f".{begin}{rest}"):
        if text[:1] in "0123456789.+-" and text:
            found, expected = plain_value(text), _by_patterns(text)
            assert (type(found), repr(found)) == (type(expected), repr(expected))
