"""Comments that speak to epochlint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.findings.directives import Directives, read_directives, scalar_of
from epochlint.sources.files import read_text


def read(text: str, path: str = "train.py") -> Directives:
    return read_directives(read_text(path, text))


@pytest.mark.parametrize(
    ("comment", "selectors", "covers_file", "reason"),
    [
        (
            "# epochlint: ignore[steps-override-epochs, EL202] demo run",
            ("steps-override-epochs", "EL202"),
            False,
            "demo run",
        ),
        ("# epochlint: ignore", (), False, ""),
        ("#epochlint:ignore[EL2]", ("EL2",), False, ""),
        ("# epochlint: ignore [warmup-*] -- known", ("warmup-*",), False, "known"),
        ("# epochlint: ignore: the limit is meant", (), False, "the limit is meant"),
        ("# epochlint: ignore-file[EL3]", ("EL3",), True, ""),
        ("# epochlint: ignore-file generated", (), True, "generated"),
        ("# noqa: E501  # epochlint: ignore[EL2]", ("EL2",), False, ""),
    ],
)
def test_suppressions(comment: str, selectors: tuple[str, ...], covers_file: bool, reason: str) -> None:
    directives = read(f"x = 1  {comment}\n")
    (found,) = directives.suppressions
    assert (found.selectors, found.covers_file, found.reason) == (selectors, covers_file, reason)
    assert found.line == 1
    assert not directives.malformed


def test_a_comment_that_stands_alone_is_about_the_line_below_further_comments() -> None:
    (found,) = read("a = 1\n# epochlint: ignore[EL2]\n# because of the demo\nmax_steps = 5\n").suppressions
    assert found.line == 4
    assert found.place.line == 2


@pytest.mark.parametrize("path", ["config.yaml", "config.toml"])
def test_yaml_and_toml_have_comments_too(path: str) -> None:
    sign = ":" if path.endswith("yaml") else " ="
    directives = read(f"max_steps{sign} 5  # epochlint: ignore[EL2]\n# epochlint: world_size=8\n", path)
    assert directives.suppressions[0].line == 1
    assert [(one.name, one.value, one.place.line) for one in directives.statements] == [("world_size", "8", 2)]


def test_a_text_that_looks_like_a_comment_is_none() -> None:
    directives = read('note = "# epochlint: ignore"\n')
    assert not directives.suppressions
    assert not directives.malformed


@pytest.mark.parametrize(
    ("comment", "statements"),
    [
        ("dataset_size=50000", [("dataset_size", "50000")]),
        ("dataset_size = 50_000, world_size=8", [("dataset_size", "50_000"), ("world_size", "8")]),
        ("dataset_size=50,000 world_size=8", [("dataset_size", "50,000"), ("world_size", "8")]),
        ("dataset_size=50000 as of the May release", [("dataset_size", "50000")]),
        ("some-package==4.57.0", [("some-package", "4.57.0")]),
        ("optimizer.lr='1e-4'; drop_last=true", [("optimizer.lr", "1e-4"), ("drop_last", "true")]),
    ],
)
def test_assumptions(comment: str, statements: list[tuple[str, str]]) -> None:
    directives = read(f"# epochlint: {comment}\n")
    assert [(one.name, one.value) for one in directives.statements] == statements
    assert not directives.malformed


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("ignroe[EL2]", "did you mean 'ignore'?"),
        ("ignore-flie", "did you mean 'ignore-file'?"),
        ("ignore[EL2", "not closed"),
        ("ignore[]", "names no rule"),
        ("dataset_size=", "has no value"),
        ("dataset_size='5", "quote"),
        ("dataset_size 5", "NAME=VALUE"),
        ("", "nothing follows"),
    ],
)
def test_what_is_not_understood_is_a_finding(comment: str, said: str) -> None:
    directives = read(f"x = 1\ny = 2  # epochlint: {comment}\n")
    (finding,) = directives.malformed
    assert (finding.code, finding.name, finding.severity) == ("EL904", "malformed-comment", "warning")
    assert said in finding.message
    assert (finding.place.line, finding.place.column) == (2, 8)


def test_prose_about_epochlint_is_no_directive() -> None:
    assert read("# run by epochlint: see the docs\nx = 1\n") == Directives("train.py")


def test_in_a_notebook_lines_count_inside_the_cell() -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y = 2"]},'
        ' {"cell_type": "code", "source": ["# epochlint: ignore[EL2]\\n", "max_steps = 5"]}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    (found,) = read(notebook, "train.ipynb").suppressions
    assert (found.place.cell, found.place.line, found.line) == (2, 1, 2)


@given(st.text(max_size=60))
def test_no_comment_breaks_the_reader(text: str) -> None:
    line = "".join(one for one in text if one.isprintable())
    read(f"x = 1  # epochlint: {line}\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("50000", 50000),
        ("50_000", 50000),
        ("50,000", 50000),
        ("1,2", "1,2"),
        ("-1", -1),
        ("1e-4", 1e-4),
        ("0.5", 0.5),
        ("true", True),
        ("None", None),
        ("cosine", "cosine"),
        ("4.57.0", "4.57.0"),
        ("9" * 500, "9" * 500),
    ],
)
def test_values_of_assumptions(text: str, value: object) -> None:
    found = scalar_of(text)
    assert found == value
    assert type(found) is type(value)
