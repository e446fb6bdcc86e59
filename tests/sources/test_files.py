"""Files of a repository: read once, by the right reader, within limits, nothing outside of the root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epochlint.sources.documents import MappingNode, split_lines, walk
from epochlint.sources.files import FileReader, read, read_text
from epochlint.sources.guards import SIZE_LIMIT
from epochlint.sources.kinds import kind_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/b.yaml", "yaml"),
        ("b.YML", "yaml"),
        ("x.json", "json"),
        ("x.jsonc", "json"),
        ("x.toml", "toml"),
        ("x.py", "python"),
        ("x.ipynb", "notebook"),
        ("x.sh", "shell"),
        ("x.slurm", "shell"),
        ("x.sbatch", "shell"),
        ("config.cfg", "ini"),
        ("requirements-dev.txt", "requirements"),
        ("a/uv.lock", "requirements"),
        ("Pipfile.lock", "json"),
        ("x.txt", None),
        ("x", None),
        ("a.py/x", None),
        ("x.pyc", None),
        ("README.md", None),
        ("train.lock", None),
    ],
)
def test_kinds(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
    assert FileReader(".").kind(path) == (kind or "")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "conf" / "deep").mkdir(parents=True)
    (root / "train.py").write_text("lr = 1e-4\n")
    (root / "conf" / "a.yaml").write_text("lr: 1\n")
    (root / "conf" / "deep" / "ds.json").write_text('{"a": 1}')
    (root / "ds.json").write_text('{"a": 2}')
    (tmp_path / "outside.yaml").write_text("secret: 1\n")
    return root


def test_each_file_is_read_and_parsed_once(project: Path) -> None:
    files = FileReader(str(project))
    first = files.read("conf/a.yaml")
    assert first is not None
    assert first is files.read("conf/a.yaml")
    assert files.raw("train.py") == b"lr = 1e-4\n"
    assert files.read("train.py") is files.read("train.py")
    assert (files.reads, files.parses) == (2, 2)
    assert files.read("missing.py") is None
    assert files.read("conf") is None


def test_raw_bytes_do_not_make_a_document(project: Path) -> None:
    files = FileReader(str(project))
    assert files.raw("train.py") == b"lr = 1e-4\n"
    assert files.document_if_read("train.py") is None
    assert (files.reads, files.parses) == (1, 0)
    assert files.raw("missing.py") == b""


def test_lines_of_any_file(project: Path) -> None:
    files = FileReader(str(project))
    assert [files.line("train.py", number) for number in (0, 1, 2, 3)] == ["", "lr = 1e-4", "", ""]
    (project / "notes.txt").write_text("one\ntwo")
    assert files.line("notes.txt", 2) == "two"
    (project / "x.ipynb").write_text(
        '{"cells": [{"cell_type": "code", "source": "a\\nb"}, {"cell_type": "code", "source": "c"}]}'
    )
    assert [files.line("x.ipynb", 1, cell) for cell in (1, 2, 3)] == ["a", "c", ""]


def test_a_buffer_stands_for_the_file_until_it_is_forgotten(project: Path) -> None:
    files = FileReader(str(project))
    files.read("conf/a.yaml")
    files.open_buffer("conf/a.yaml", "lr: 2\nx: 1\n")
    files.open_buffer("new.py", "x = 1\n")
    assert files.raw("conf/a.yaml") == b"lr: 2\nx: 1\n"
    assert files.line("conf/a.yaml", 2) == "x: 1"
    assert files.exists("new.py")
    assert files.resolve("new.py", "train.py") == "new.py"
    files.forget("conf/a.yaml")
    files.forget("new.py")
    assert files.line("conf/a.yaml", 1) == "lr: 1"
    assert not files.exists("new.py")


def test_named_files_are_looked_for_beside_and_in_the_root(project: Path) -> None:
    files = FileReader(str(project))
    assert files.resolve("ds.json", "conf/deep/x.yaml") == "conf/deep/ds.json"
    assert files.resolve("ds.json", "conf/x.yaml") == "ds.json"
    assert files.resolve("./deep/../a.yaml", "conf/x.yaml") == "conf/a.yaml"
    assert files.resolve("conf/a.yaml", "conf/deep/x.py") == "conf/a.yaml"
    assert files.resolve("../train.py", "conf/x.yaml") == "train.py"
    assert files.resolve(str(project / "train.py"), "x") == "train.py"
    for name in (
        "",
        " ",
        "../outside.yaml",
        "../../../etc/passwd",
        "/etc/passwd",
        "conf",
        "nothing.py",
        "a\nb",
        "a\0b",
        "x" * 5_000,
    ):
        assert files.resolve(name, "conf/x.yaml") is None, name


def test_nothing_is_read_outside_of_the_root(project: Path) -> None:
    os.symlink(project.parent / "outside.yaml", project / "link.yaml")
    os.symlink(project.parent, project / "up")
    os.symlink(project / "conf" / "a.yaml", project / "fine.yaml")
    files = FileReader(str(project))
    for path in (
        "link.yaml",
        "up/outside.yaml",
        "../outside.yaml",
        "conf/../../outside.yaml",
        str(project.parent / "outside.yaml"),
    ):
        document = files.read(path)
        assert document is not None
        assert [problem.name for problem in document.problems] == ["unreadable-file"]
        assert document.text == ""
        assert files.raw(path) == b""
        assert not files.exists(path)
    fine = files.read("fine.yaml")
    assert fine is not None
    assert not fine.problems
    assert files.resolve("link.yaml") is None


def test_a_root_that_is_a_link_is_fine(project: Path) -> None:
    os.symlink(project, project.parent / "link")
    document = read("train.py", str(project.parent / "link"))
    assert document is not None
    assert not document.problems


def test_only_regular_files(project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    (project / "folder.yaml").mkdir()
    os.symlink("/dev/zero", project / "zero.sh")
    for name in ("pipe.py", "folder.yaml", "zero.sh"):
        document = read(name, str(project))
        assert document is not None
        assert [(problem.name, problem.fatal) for problem in document.problems] == [("unreadable-file", True)]


def test_a_file_that_is_too_large_is_a_problem_and_its_beginning_can_be_searched(project: Path) -> None:
    (project / "big.json").write_text('{"batch_size": "' + "x" * SIZE_LIMIT + '"}')
    files = FileReader(str(project))
    assert files.raw("big.json").startswith(b'{"batch_size')
    document = files.read("big.json")
    assert document is not None
    (problem,) = document.problems
    assert (problem.name, problem.message) == (
        "too-large",
        f"the file has {SIZE_LIMIT + 18:,} bytes; the limit is {SIZE_LIMIT:,}",
    )
    larger = read("big.json", str(project), limit=2 * SIZE_LIMIT)
    assert larger is not None
    assert not larger.problems
    assert [problem.name for problem in read_text("a.yaml", "x" * (SIZE_LIMIT + 1)).problems] == ["too-large"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_problem(project: Path) -> None:
    (project / "train.py").chmod(0)
    document = read("train.py", str(project))
    assert document is not None
    assert [problem.name for problem in document.problems] == ["unreadable-file"]


@pytest.mark.parametrize(
    ("name", "data", "line", "column"),
    [
        ("a.yaml", b"a: 1\nb: \xff\n", 2, 4),
        ("a.json", '{"é": 1}'.encode("latin-1"), 1, 3),
        ("a.py", b"x = 1\n# \xe9\n", 2, 3),
        ("a.py", b"# coding: rot13\nx = 1\n", 1, 1),
        ("a.py", b"\n# -*- coding: utf-7 -*-\nx = 1\n", 2, 1),
        ("a.py", b"\xef\xbb\xbf# coding: latin-1\n", 1, 1),
        ("a.py", b"# coding: ascii\n# \xc3\xa9\n", 2, 3),
        ("a.py", "x = 1\n".encode("utf-16"), 1, 1),
        ("a.sh", b"a\n\0b\n", 2, 1),
        ("a.yaml", b"a: \0\n", 1, 4),
        ("a.yaml", b"a: \xed\xa0\x80\n", 1, 4),
        ("a.yaml", "a: 1".encode("utf-32"), 1, 1),
        ("a.yaml", b"\xff\xfea\x00\x00", 1, 2),
    ],
)
def test_bad_encodings_have_a_place(tmp_path: Path, name: str, data: bytes, line: int, column: int) -> None:
    (tmp_path / name).write_bytes(data)
    document = read(name, str(tmp_path))
    assert document is not None
    (problem,) = document.problems
    assert (problem.name, problem.fatal, problem.span.line, problem.span.column) == ("bad-encoding", True, line, column)


@pytest.mark.parametrize(
    ("name", "data", "encoding"),
    [
        ("a.yaml", "a: é\n".encode(), "utf-8"),
        ("a.yaml", "a: é\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a.yaml", "a: é😀\n".encode("utf-16"), "utf-16"),
        ("a.json", '{"a": "é"}'.encode("utf-8-sig"), "utf-8-sig"),
        ("a.py", "# coding: latin-1\nx = 'é'\n".encode("latin-1"), "latin-1"),
        ("a.py", "#!/bin/x\n# vim: fileencoding=ISO_8859_1 :\nx = 'é'\n".encode("latin-1"), "latin-1"),
        ("a.py", b"x = 1\n# coding: nonsense\n", "utf-8"),
        ("a.py", b"'''\n# coding: nonsense\n'''\n", "utf-8"),
        ("a.py", "# coding: utf-8\r\nx = 'é'\r\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a.sh", b"# coding: rot13\necho\r\n", "utf-8"),
    ],
)
def test_the_encoding_gives_the_bytes_back(tmp_path: Path, name: str, data: bytes, encoding: str) -> None:
    (tmp_path / name).write_bytes(data)
    document = read(name, str(tmp_path))
    assert document is not None
    assert not document.problems
    assert document.encoding == encoding
    assert document.text.encode(encoding) == data
    assert not document.text.startswith("\ufeff")


def test_words_are_found_in_utf_16_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("batch_size: 1".encode("utf-16"))
    assert b"batch_size" in FileReader(str(tmp_path)).raw("a.yaml")


def test_texts_of_buffers_are_checked_too() -> None:
    for text, column in (("a: \ud800", 4), ("a: 1\0", 5)):
        document = read_text("a.yaml", text)
        assert [(problem.name, problem.span.column) for problem in document.problems] == [("bad-encoding", column)]
        document.text.encode("utf-8")


def test_a_mark_at_the_beginning_of_a_buffer_is_dropped() -> None:
    root = read_text("a.yaml", "\ufeffa: 1\n").root
    assert isinstance(root, MappingNode)
    assert root.entries[0].key_span.column == 1


def test_requirement_files_of_a_folder(project: Path) -> None:
    for name in ("setup.py", "requirements.txt", "poetry.lock", "conf/requirements-gpu.txt"):
        (project / name).write_text("x==1\n")
    files = FileReader(str(project))
    assert files.requirement_files("") == ("poetry.lock", "requirements.txt", "setup.py")
    assert files.requirement_files("conf") == ("conf/requirements-gpu.txt",)
    assert files.requirement_files("nothing") == files.requirement_files("..") == ()


def test_lines_are_those_of_editors() -> None:
    assert split_lines("a\x0b\x0c\x1c\x85\u2028b\nc\r\nd\re") == ["a\x0b\x0c\x1c\x85\u2028b", "c", "d", "e"]


names = st.sampled_from(
    [
        "a.yaml",
        "a.json",
        "a.jsonc",
        "a.toml",
        "a.py",
        "a.ipynb",
        "a.sh",
        "a.cfg",
        "requirements.txt",
        "uv.lock",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "environment.yml",
        "Pipfile.lock",
    ]
)


@given(
    name=names,
    data=st.one_of(
        st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
    ),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_document(name: str, data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    document = read(name, str(folder))
    assert document is not None
    lines = split_lines(document.text)
    for root in (document.root, *document.further_roots):
        for _, node in walk(root) if root is not None else ():
            assert 1 <= node.span.line <= node.span.end_line <= len(lines)
            assert 1 <= node.span.column <= len(lines[node.span.line - 1]) + 1
    for requirement in document.requirements:
        assert 1 <= requirement.place.line <= len(lines)
    for command in document.commands:
        for place in (command.place, *(word.place for word in command.words)):
            assert 1 <= place.line <= place.end_line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert 1 <= place.end_column <= len(lines[place.end_line - 1]) + 1
