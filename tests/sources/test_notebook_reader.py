"""Notebooks: code cells joined, magics out of the way, places given by cell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.places import Place, Span
from epochlint.sources.documents import Document
from epochlint.sources.notebook_reader import read_notebook
from epochlint.sources.python_reader import place_of, python_comments


def notebook(*cells: str | tuple[str, str], **metadata: object) -> str:
    """Cells are code, or pairs of type and source."""
    made = [
        {"cell_type": "code", "source": cell} if isinstance(cell, str) else {"cell_type": cell[0], "source": cell[1]}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4})


def names_assigned(document: Document) -> dict[str, tuple[int | None, int, int]]:
    """Cell, line and column of each assignment."""
    import ast

    assert document.tree is not None
    found = {}
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            place = place_of(document, target)
            found[ast.unparse(target)] = (place.cell, place.line, place.column)
    return found


def test_cells_are_one_script_and_places_name_the_cell() -> None:
    text = notebook("a = 1\nb = 2", ("markdown", "# text\nmore"), "", "c = 3\n", ("raw", "x"), "é = 'ü'; d = 4")
    document = read_notebook("x.ipynb", text)
    assert not document.problems
    assert document.text == "a = 1\nb = 2\n\nc = 3\n\né = 'ü'; d = 4"
    assert names_assigned(document) == {"a": (1, 1, 1), "b": (1, 2, 1), "c": (4, 1, 1), "é": (6, 1, 1), "d": (6, 1, 10)}
    assert document.line(4) == "c = 3"


def test_a_source_may_be_a_list_of_lines() -> None:
    cells = [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]
    document = read_notebook("x.ipynb", json.dumps({"cells": cells}))
    assert names_assigned(document) == {"a": (1, 1, 1), "b": (1, 2, 1)}


def test_magics_keep_their_lines_and_the_rest_is_read() -> None:
    document = read_notebook(
        "x.ipynb",
        notebook(
            "%matplotlib inline\n!pip install x \\\n  y\na = 1\nif a:\n    !ls\n    b = 2\n?a\na?",
            "%%time\nc = 3",
            "%%bash\nls -l\nd = 4",
            "files = !ls\ne = 5",
            "f = (1 + 2\n % 3)",
        ),
    )
    assert not document.problems
    assert names_assigned(document) == {"a": (1, 4, 1), "b": (1, 7, 5), "c": (2, 2, 1), "e": (4, 2, 1), "f": (5, 1, 1)}
    assert document.line(1) == "%matplotlib inline"


def test_a_cell_that_cannot_be_parsed_is_left_out() -> None:
    document = read_notebook("x.ipynb", notebook("a = 1", "b = = 2\nc = 3", "d = 4"))
    assert not document.problems
    assert names_assigned(document) == {"a": (1, 1, 1), "d": (3, 1, 1)}


def test_shell_lines_are_commands() -> None:
    text = notebook(
        "x = 1\n!N=2 torchrun --n $N \\\n    train.py --lr {lr}\n  !echo no",
        ("markdown", "!no"),
        "%%bash\nA=3\npython b.py $A",
    )
    document = read_notebook("x.ipynb", text)
    found = [[(word.text, word.known) for word in command.words] for command in document.commands]
    assert found == [
        [("torchrun", True), ("--n", True), ("$N", False), ("train.py", True), ("--lr", True), ("{lr}", False)],
        [("python", True), ("b.py", True), ("3", True)],
    ]
    train, b = document.commands[0].words[3], document.commands[1].words[1]
    assert train.place == Place("x.ipynb", 3, 5, 3, 13, 1)
    assert (b.place.cell, b.place.line) == (3, 3)


def test_comments_have_their_lines() -> None:
    document = read_notebook("x.ipynb", notebook("%magic\n# one\na = 1", "b = = 2  # two", "!ls # no\nc = 3  # three"))
    found = [
        (comment.text, document.place(comment.span).cell, document.place(comment.span).line)
        for comment in python_comments(document)
    ]
    assert found == [("one", 1, 2), ("two", 2, 1), ("three", 3, 2)]


def test_other_languages_are_left_alone() -> None:
    for metadata in ({"kernelspec": {"language": "R"}}, {"language_info": {"name": "julia"}}):
        document = read_notebook("x.ipynb", notebook("a <- 1", **metadata))
        assert (document.text, document.problems) == ("", ())
    assert names_assigned(read_notebook("x.ipynb", notebook("a = 1", kernelspec={"language": "python"})))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "unreadable-file"),
        ("[]", "unreadable-file"),
        ("{}", "unreadable-file"),
        ('{"cells": 3}', "unreadable-file"),
        ('{"cells": [}', "unreadable-file"),
        ("[" * 100_000, "too-deep"),
        ('{"a": ' + "9" * 5_000 + "}", "unreadable-file"),
        (notebook("x = 1" + " + 1" * 5_000 + "\n" + "y = 1\n" * 200_000), "too-large"),
    ],
)
def test_problems(text: str, name: str) -> None:
    document = read_notebook("x.ipynb", text)
    assert [(problem.name, problem.fatal) for problem in document.problems] == [(name, True)]
    assert document.tree is None
    assert document.place(Span(1, 1, 1, 1)).path == "x.ipynb"


def test_odd_cells_are_skipped() -> None:
    cells = [
        3,
        None,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": ["a = 1", 3]},
    ]
    document = read_notebook("x.ipynb", json.dumps({"cells": cells, "metadata": 3}))
    assert names_assigned(document) == {"a": (6, 1, 1)}


def test_half_characters_and_nul_do_not_stop_it() -> None:
    text = notebook("a = 'X'", "b = 1Y").replace("X", "\\ud800").replace("Y", "\\u0000")
    assert names_assigned(read_notebook("x.ipynb", text)) == {"a": (1, 1, 1), "b": (2, 1, 1)}


sources = st.lists(
    st.sampled_from(
        ["a = 1", "!ls \\", "%%time", "%x", "if a:", "    b = 2", "'''", "x?", "(", "# c", "é", "\x0c", "\r", ""]
    ),
    max_size=6,
)


@given(cells=st.lists(sources.map("\n".join), max_size=4))
@settings(max_examples=300, deadline=None)
def test_any_cells_are_read(cells: list[str]) -> None:
    document = read_notebook("x.ipynb", notebook(*cells))
    assert not document.problems
    assert document.tree is not None
    assert len(document.cells) == len(cells)
    for comment in python_comments(document):
        place = document.place(comment.span)
        assert place.cell is not None
        lines = cells[place.cell - 1].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert lines[place.line - 1][place.column - 1] == "#"
