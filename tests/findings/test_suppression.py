"""Silencing findings by comments."""

from __future__ import annotations

import pytest

from epochlint.findings.directives import read_directives
from epochlint.findings.finding import Finding, Related
from epochlint.findings.selection import RuleBook
from epochlint.findings.suppression import Silenced, suppress
from epochlint.knowledge.index import RuleEntry
from epochlint.places import Place
from epochlint.sources.files import read_text

CODES = {"steps-override-epochs": "EL201", "warmup-exceeds-run": "EL301", "warmup-ignored": "EL302"}


@pytest.fixture
def book() -> RuleBook:
    families = {"EL2": "steps", "EL3": "schedule"}
    aliases = {"EL201": ("max-steps-wins",)}
    return RuleBook(
        RuleEntry(code, name, families[code[:3]], "run", (), frozenset(), aliases.get(code, ()))
        for name, code in CODES.items()
    )


def found(place: Place | None = None, line: int = 1, related: tuple[Related, ...] = ()) -> Finding:
    at = place or Place("train.py", line, 1, line, 4)
    return Finding("EL201", "steps-override-epochs", "warning", "certain", "message", at, related=related)


def silence(
    text: str,
    findings: list[Finding],
    book: RuleBook,
    selected: frozenset[str] | None = None,
    undecided: frozenset[str] = frozenset(),
) -> Silenced:
    directives = read_directives(read_text("train.py", text))
    return suppress(findings, [directives], book, book.names if selected is None else selected, undecided)


@pytest.mark.parametrize(
    "text",
    [
        "max_steps = 5  # epochlint: ignore[steps-override-epochs]\n",
        "max_steps = 5  # epochlint: ignore[EL201] demo\n",
        "max_steps = 5  # epochlint: ignore[max-steps-wins]\n",
        "max_steps = 5  # epochlint: ignore\n",
        "# epochlint: ignore[EL2]\nmax_steps = 5\n",
        "\n\nmax_steps = 5  # epochlint: ignore-file[steps]\n",
    ],
)
def test_a_finding_is_silenced_by_a_comment_on_its_line_or_above(book: RuleBook, text: str) -> None:
    line = next(number for number, one in enumerate(text.split("\n"), 1) if one.startswith("max_steps"))
    silenced = silence(text, [found(line=line)], book)
    assert (len(silenced.kept), len(silenced.suppressed)) == (0, 1)
    assert not silenced.about_comments


@pytest.mark.parametrize(
    "text",
    [
        "max_steps = 5  # epochlint: ignore[EL3]\n",
        "# epochlint: ignore[EL2]\n\nmax_steps = 5\n",
        "max_steps = 5\nx = 1  # epochlint: ignore[EL2]\n",
    ],
)
def test_other_rules_and_other_lines_are_not_silenced(book: RuleBook, text: str) -> None:
    line = next(number for number, one in enumerate(text.split("\n"), 1) if one.startswith("max_steps"))
    assert len(silence(text, [found(line=line)], book).kept) == 1


def test_either_half_of_a_contradiction_may_carry_the_comment(book: RuleBook) -> None:
    text = "epochs = 20  # epochlint: ignore[EL201]\nmax_steps = 5\n"
    finding = found(line=2, related=(Related(Place("train.py", 1, 10, 1, 12), "has no effect"),))
    assert len(silence(text, [finding], book).suppressed) == 1


def test_a_long_call_may_carry_the_comment_on_its_first_or_last_line(book: RuleBook) -> None:
    for line, hit in ((1, True), (2, False), (3, True)):
        lines = ["f(", "  1,", ")"]
        lines[line - 1] += "  # epochlint: ignore"
        silenced = silence("\n".join(lines) + "\n", [found(place=Place("train.py", 1, 1, 3, 2))], book)
        assert bool(silenced.suppressed) is hit


def test_a_comment_that_silences_nothing_is_a_note_with_an_edit(book: RuleBook) -> None:
    silenced = silence("x = 1  # epochlint: ignore[EL201]\n", [], book)
    (finding,) = silenced.about_comments
    assert (finding.name, finding.severity) == ("unused-suppression", "note")
    assert finding.message == "the comment ignores `EL201`, which is not found here"
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert (edit.place.column, edit.place.end_column, edit.text) == (6, 34, "")


def test_only_the_unused_words_are_taken_out(book: RuleBook) -> None:
    silenced = silence("max_steps = 5  # epochlint: ignore[EL201, EL301] demo\n", [found()], book)
    (finding,) = silenced.about_comments
    assert "`EL301`" in finding.message
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert edit.text == "EL201"
    line = "max_steps = 5  # epochlint: ignore[EL201, EL301] demo"
    assert line[edit.place.column - 1 : edit.place.end_column - 1] == "EL201, EL301"


def test_a_line_with_nothing_but_an_unused_comment_goes_as_a_whole(book: RuleBook) -> None:
    silenced = silence("x = 1\n  # epochlint: ignore\ny = 2\n", [], book)
    (finding,) = silenced.about_comments
    assert finding.fix is not None
    place = finding.fix.edits[0].place
    assert (place.line, place.column, place.end_line, place.end_column) == (2, 1, 3, 1)


def test_a_comment_is_not_unused_if_its_rule_did_not_run_or_could_not_be_decided(book: RuleBook) -> None:
    text = "x = 1  # epochlint: ignore[EL201]\n"
    assert not silence(text, [], book, selected=book.names - {"steps-override-epochs"}).about_comments
    assert not silence(text, [], book, undecided=frozenset({"steps-override-epochs"})).about_comments
    assert not silence("x = 1  # epochlint: ignore\n", [], book, undecided=frozenset({"warmup-ignored"})).about_comments


def test_two_comments_for_one_finding_are_both_used(book: RuleBook) -> None:
    text = "# epochlint: ignore-file[EL2]\nmax_steps = 5  # epochlint: ignore[EL201]\n"
    assert not silence(text, [found(line=2)], book).about_comments


def test_a_misspelled_rule_in_a_comment_is_a_warning(book: RuleBook) -> None:
    silenced = silence("max_steps = 5  # epochlint: ignore[steps-overide-epochs]\n", [found()], book)
    assert len(silenced.kept) == 1
    (finding,) = silenced.about_comments
    assert (finding.code, finding.severity) == ("EL903", "warning")
    assert "did you mean 'steps-override-epochs'?" in finding.message


def test_findings_about_comments_obey_the_selection(book: RuleBook) -> None:
    without = book.names - {"unused-suppression", "malformed-comment"}
    assert not silence("# epochlint: nonsense\nx = 1  # epochlint: ignore\n", [], book, selected=without).about_comments


def test_comments_in_a_cell_are_about_that_cell(book: RuleBook) -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "source": ["a = 1"]},'
        ' {"cell_type": "code", "source": ["b = 1  # epochlint: ignore"]}],'
        ' "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    directives = [read_directives(read_text("n.ipynb", notebook))]
    first = found(place=Place("n.ipynb", 1, 1, 1, 2, cell=1))
    second = found(place=Place("n.ipynb", 1, 1, 1, 2, cell=2))
    silenced = suppress([first, second], directives, book, book.names)
    assert silenced.kept == (first,)
    assert silenced.suppressed == (second,)
