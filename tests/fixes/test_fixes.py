"""Edits: exact, whole or not at all, and never so that a file breaks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epochlint.findings.finding import Edit, Finding, TextEdit
from epochlint.fixes.apply import Change, Fixes, make_fixes, with_plain_edits, write_change
from epochlint.fixes.diff import unified_diff
from epochlint.places import Place
from epochlint.sources.documents import split_lines


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def line_of(path: str, number: int, _cell: int | None = None) -> str:
    data = Path(path).read_bytes()
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig", "replace")
    return split_lines(text)[number - 1]


def at(path: str, text: str, number: int = 1, cell: int | None = None) -> Place:
    for line_number, line in enumerate(split_lines(Path(path).read_bytes().decode("utf-8-sig")), 1):
        if text in line and line_number >= number:
            column = line.index(text) + 1
            return Place(path, line_number, column, line_number, column + len(text), cell)
    raise AssertionError(text)


def repair(*edits: TextEdit, title: str = "repair", safety: str = "safe") -> Finding:
    place = edits[0].place if edits else Place("x", 1, 1, 1, 1)
    return Finding("EL201", "a-rule", "warning", "certain", "message", place, fix=Edit(title, safety, edits))


def fixed(findings: list[Finding], *, unsafe: bool = False, lines: Callable[..., str] = line_of) -> Fixes:
    fixes = make_fixes(findings, lines, unsafe=unsafe)
    for change in fixes.changes:
        assert write_change(change) == ""
    return fixes


def test_edits_are_made_and_everything_else_stays(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1e-4  # \xc3\xbc\r\nb: [1, 2]\r\nc: 3")
    fixes = fixed([repair(TextEdit(at("a.yaml", "1e-4"), "1.0e-4")), repair(TextEdit(at("a.yaml", "2"), "20"))])
    assert (folder / "a.yaml").read_bytes() == b"\xef\xbb\xbfa: 1.0e-4  # \xc3\xbc\r\nb: [1, 20]\r\nc: 3"
    assert (fixes.applied, len(fixes.changes), fixes.refused) == (2, 1, ())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("latin.py", b"# -*- coding: latin-1 -*-\nx = 1  # \xfc\n"),
        ("crlf.py", b"x = 1\r\ny = 2\r\n"),
        ("cr.py", b"x = 1\ry = 2\r"),
        ("bom.py", b"\xef\xbb\xbfx = 1\n"),
        ("ff.py", b"\x0cx = 1\n"),
    ],
)
def test_encodings_and_line_ends_are_kept(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)

    def lines(path: str, number: int) -> str:
        return split_lines(Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf").decode("latin-1"))[number - 1]

    line, text = next(
        (n, t) for n, t in enumerate(split_lines(data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")), 1) if "x =" in t
    )
    column = text.index("1") + 1
    fixed([repair(TextEdit(Place(name, line, column, line, column + 1), "10"))], lines=lines)
    assert (folder / name).read_bytes() == data.replace(b"x = 1", b"x = 10")


def test_a_new_line_takes_the_line_end_of_its_file(folder: Path) -> None:
    (folder / "a.yaml").write_bytes(b"a: 1\r\nb: 2\r\n")
    fixed([repair(TextEdit(Place("a.yaml", 2, 1, 2, 1), "new: 0\n"))])
    assert (folder / "a.yaml").read_bytes() == b"a: 1\r\nnew: 0\r\nb: 2\r\n"


def test_a_whole_line_can_go_even_the_last(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n# gone")
    fixed([repair(TextEdit(Place("a.py", 2, 1, 3, 1), ""))])
    assert (folder / "a.py").read_text() == "x = 1\n"


def test_permissions_stay_and_nothing_is_left_behind(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "a.py").chmod(0o751)
    fixed([repair(TextEdit(at("a.py", "1"), "2"))])
    assert stat.S_IMODE((folder / "a.py").stat().st_mode) == 0o751
    assert os.listdir(folder) == ["a.py"]


def test_only_safe_edits_unless_more_is_asked_for(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    finding = repair(TextEdit(at("a.py", "1"), "2"), safety="unsafe")
    assert not fixed([finding]).changes
    assert fixed([finding], unsafe=True).changes


def test_of_edits_that_touch_the_same_text_the_first_is_made(folder: Path) -> None:
    (folder / "a.py").write_text("x = 100\n")
    place = at("a.py", "100")
    inner = Place("a.py", 1, 6, 1, 7)
    fixes = fixed([repair(TextEdit(place, "7")), repair(TextEdit(inner, "9")), repair(TextEdit(place, "8"))])
    assert (folder / "a.py").read_text() == "x = 7\n"
    assert fixes.applied == 1


def test_the_same_edit_twice_is_made_once(folder: Path) -> None:
    (folder / "a.py").write_text("x = 100\n")
    fixes = fixed([repair(TextEdit(at("a.py", "100"), "7")), repair(TextEdit(at("a.py", "100"), "7"))])
    assert (folder / "a.py").read_text() == "x = 7\n"
    assert fixes.applied == 2


def test_neighbours_do_not_touch(folder: Path) -> None:
    (folder / "a.py").write_text("x = 12\n")
    fixed([repair(TextEdit(Place("a.py", 1, 5, 1, 6), "3")), repair(TextEdit(Place("a.py", 1, 6, 1, 7), "4"))])
    assert (folder / "a.py").read_text() == "x = 34\n"


def test_an_edit_over_two_files_is_made_whole_or_not_at_all(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "b.yaml").write_text("y: 1\n")
    both = [TextEdit(at("a.py", "1"), "2"), TextEdit(at("b.yaml", "1"), "2")]
    fixed([repair(TextEdit(at("b.yaml", "y: 1"), "y: 5")), repair(*both)])
    assert (folder / "a.py").read_text() == "x = 1\n"
    assert (folder / "b.yaml").read_text() == "y: 5\n"
    fixed([repair(TextEdit(at("a.py", "1"), "2"), TextEdit(at("b.yaml", "5"), "2"))])
    assert (folder / "a.py").read_text() == "x = 2\n"
    assert (folder / "b.yaml").read_text() == "y: 2\n"


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("a.py", "x = (1)\n", "(1)", "(1"),
        ("a.yaml", "a: [1]\n", "[1]", "[1"),
        ("a.json", '{"a": 1}', "1", "1,,"),
        ("a.toml", "a = 1\n", "1", "="),
        ("a.py", "x = 1\n", "1", "'\ud800'"),
    ],
)
def test_a_file_that_would_break_is_left_alone(folder: Path, name: str, text: str, old: str, new: str) -> None:
    (folder / name).write_text(text)
    (folder / "other.py").write_text("y = 1\n")
    good = repair(TextEdit(at("other.py", "1"), "2"))
    fixes = fixed([repair(TextEdit(at(name, old), new)), good])
    assert (folder / name).read_text() == text
    assert (folder / "other.py").read_text() == "y = 2\n"
    assert [path for path, _ in fixes.refused] == [name]
    assert fixes.applied == 1


def test_a_file_that_was_broken_before_may_be_edited(folder: Path) -> None:
    (folder / "a.yaml").write_text("a: 1\nb: [\n")
    assert fixed([repair(TextEdit(at("a.yaml", "1"), "2"))]).applied == 1


def test_a_file_that_changed_since_it_was_checked_is_left_alone(folder: Path) -> None:
    (folder / "a.py").write_text("x = 2\n")
    fixes = fixed([repair(TextEdit(at("a.py", "2"), "3"))], lines=lambda _path, _line: "x = 1")
    assert fixes.refused == (("a.py", "the file changed while it was checked"),)
    assert (folder / "a.py").read_text() == "x = 2\n"


def test_a_file_that_changes_before_it_is_written_is_left_alone(folder: Path) -> None:
    (folder / "a.py").write_text("x = 2\n")
    assert "changed while it was checked" in write_change(Change("a.py", b"x = 1\n", b"x = 3\n", ()))
    assert (folder / "a.py").read_text() == "x = 2\n"
    assert "cannot be written" in write_change(Change("missing/a.py", b"", b"", ()))


def test_notebooks_links_and_missing_files_are_not_edited(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    (folder / "link.py").symlink_to("a.py")
    (folder / "n.ipynb").write_text("x = 1\n")
    edits = [
        TextEdit(at("link.py", "1"), "2"),
        TextEdit(at("n.ipynb", "1"), "2"),
        TextEdit(Place("none.py", 1, 1, 1, 2), "2"),
    ]
    fixes = fixed([repair(edit) for edit in edits])
    assert not fixes.changes
    assert [path for path, _ in fixes.refused] == ["link.py", "n.ipynb", "none.py"]


# --- operations on Python ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "expression", "after"),
    [
        ("steps = n / batch\n", "n / batch", "steps = n // batch\n"),
        ("steps = int(n/batch)  # whole\n", "n/batch", "steps = int(n//batch)  # whole\n"),
        ("steps = a / b / c\n", "a / b / c", "steps = a / b // c\n"),
        ("steps = a / b / c\n", "a / b", "steps = a // b / c\n"),
        ("ü = '日本'; s = ü_n / (b * 2)\n", "ü_n / (b * 2)", "ü = '日本'; s = ü_n // (b * 2)\n"),
        (
            "s = (\n    n  # images\n    / b  # batch\n)\n",
            "n  # images\n    / b",
            "s = (\n    n  # images\n    // b  # batch\n)\n",
        ),
    ],
)
def test_a_division_becomes_whole_and_keeps_its_comments(
    folder: Path, before: str, expression: str, after: str
) -> None:
    (folder / "a.py").write_text(before, encoding="utf-8")
    start, end = before.index(expression), before.index(expression) + len(expression)
    head, body = before[:start].split("\n"), before[:end].split("\n")
    place = Place("a.py", len(head), len(head[-1]) + 1, len(body), len(body[-1]) + 1)
    finding = repair(TextEdit(place, "", "floor-division"))
    (plain,) = with_plain_edits((finding,), line_of)
    assert plain.fix is not None
    assert (plain.fix.edits[0].text, plain.fix.edits[0].operation) == ("/", "")
    assert fixed([finding]).applied == 1
    assert (folder / "a.py").read_text(encoding="utf-8") == after


@pytest.mark.parametrize(
    ("name", "text", "operation"),
    [
        ("a.py", "s = n * batch\n", "floor-division"),
        ("a.py", "s = n / batch\n", "no-such-operation"),
        ("a.yaml", "s: n / batch\n", "floor-division"),
        ("a.py", "s = n / batch\nx = " + "-" * 2_000 + "1\n", "floor-division"),
        ("a.py", "s = n / batch\nx = " + " + ".join(["1"] * 3_000) + "\n", "floor-division"),
        ("a.py", "s = n / batch\nx = (\n", "floor-division"),
    ],
)
def test_an_operation_that_cannot_be_done_is_refused(folder: Path, name: str, text: str, operation: str) -> None:
    (folder / name).write_text(text)
    line = split_lines(text)[0]
    finding = repair(TextEdit(Place(name, 1, line.index("n ") + 1, 1, len(line) + 1), "", operation))
    assert with_plain_edits((finding,), line_of)[0].fix is None
    fixes = fixed([finding])
    assert [path for path, _ in fixes.refused] == [name]
    assert (folder / name).read_text() == text


def test_libcst_is_loaded_for_operations_only(folder: Path) -> None:
    (folder / "a.py").write_text("x = 1\n")
    code = (
        "import sys\nfrom epochlint.findings.finding import *\nfrom epochlint.fixes.apply import *\n"
        "from epochlint.places import Place\n"
        "edit = Edit('t', 'safe', (TextEdit(Place('a.py', 1, 5, 1, 6), '2'),))\n"
        "f = Finding('EL1', 'n', 'note', 'certain', 'm', Place('a.py', 1, 5, 1, 6), fix=edit)\n"
        "assert make_fixes([f], lambda *_: 'x = 1').applied == 1\nassert 'libcst' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"], check=True)


# --- diffs ---------------------------------------------------------------------------------------------------------


def test_a_diff() -> None:
    change = Change("conf/a.yaml", b"a: 1\nb: 2\nc: 3\n", b"a: 1\nb: 20\nc: 3\n", ())
    assert list(unified_diff([change])) == [
        "--- conf/a.yaml", "+++ conf/a.yaml", "@@ -1,3 +1,3 @@", " a: 1", "-b: 2", "+b: 20", " c: 3",
    ]  # fmt: skip


def test_a_diff_tells_of_a_missing_line_end_and_escapes_controls() -> None:
    lines = list(unified_diff([Change("a.py", b"x = 1  # \x1b[2J\ty", b"x = 2  # \x1b[2J\ty", ())]))
    assert lines[3:] == [
        "-x = 1  # \\x1b[2J\ty", "\\ No newline at end of file",
        "+x = 2  # \\x1b[2J\ty", "\\ No newline at end of file",
    ]  # fmt: skip


def test_no_line_of_a_diff_is_an_order_to_a_build_service() -> None:
    lines = list(unified_diff([Change("a.yaml", b"::error::x\na: 1\n##[y]\n", b"::error::x\na: 2\n##[y]\n", ())]))
    assert lines == ["--- a.yaml", "+++ a.yaml", "@@ -2 +2 @@", "-a: 1", "+a: 2"]


@given(st.lists(st.text(alphabet="ab:# \t\r\x1b", max_size=8), max_size=6), st.integers(0, 5))
def test_diffs_of_any_text(lines: list[str], changed: int) -> None:
    before = "\n".join(lines)
    after = "\n".join("new" if number == changed else line for number, line in enumerate(lines))
    for line in unified_diff([Change("a", before.encode(), after.encode(), ())]):
        assert line.replace("\t", "").isprintable()
        assert not line.lstrip().startswith(("::", "##"))


@given(st.text(alphabet="ab1 \n\r日\t", max_size=30), st.data())
def test_an_edit_replaces_exactly_its_text(text: str, data: st.DataObject) -> None:
    from epochlint.fixes.texts import FileText

    file = FileText("a.txt", text.encode())
    lines = split_lines(text)
    line = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[line - 1]) + 1))
    end = data.draw(st.integers(column, len(lines[line - 1]) + 1))
    edited = file.edited([file.piece(TextEdit(Place("a.txt", line, column, line, end), "X"))])
    new_lines = split_lines(edited)
    assert new_lines[line - 1] == lines[line - 1][: column - 1] + "X" + lines[line - 1][end - 1 :]
    assert [*new_lines[: line - 1], *new_lines[line:]] == [*lines[: line - 1], *lines[line:]]
