"""Which rules run."""

from __future__ import annotations

import pytest

from epochlint.errors import UsageError
from epochlint.findings.selection import RuleBook
from epochlint.knowledge.index import RuleEntry

RULES = (
    ("EL101", "batch-product-mismatch", "batch", ()),
    ("EL201", "steps-override-epochs", "steps", ("max-steps-wins",)),
    ("EL202", "steps-per-epoch-not-whole", "steps", ()),
    ("EL301", "warmup-exceeds-run", "schedule", ()),
    ("EL302", "warmup-ignored", "schedule", ()),
    ("ACME001", "house-rule", "acme", ()),
)


@pytest.fixture
def book() -> RuleBook:
    return RuleBook(
        RuleEntry(code, name, family, "run", (), frozenset(), aliases) for code, name, family, aliases in RULES
    )


OWN = {
    "internal-error", "unreadable-file", "unused-suppression", "unknown-rule-in-comment", "malformed-comment",
    "analysis-gave-up",
}  # fmt: skip


def given(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, "--select") for word in words)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("steps-override-epochs", {"steps-override-epochs"}),
        ("EL201", {"steps-override-epochs"}),
        ("el201", {"steps-override-epochs"}),
        ("max-steps-wins", {"steps-override-epochs"}),
        ("EL2", {"steps-override-epochs", "steps-per-epoch-not-whole"}),
        ("EL20", {"steps-override-epochs", "steps-per-epoch-not-whole"}),
        ("ACME0", {"house-rule"}),
        ("schedule", {"warmup-exceeds-run", "warmup-ignored"}),
        ("warmup-*", {"warmup-exceeds-run", "warmup-ignored"}),
        ("EL30[12]", {"warmup-exceeds-run", "warmup-ignored"}),
        ("EL9", OWN),
        ("linter", OWN),
    ],
)
def test_a_word_may_be_a_name_a_code_a_family_or_a_pattern(book: RuleBook, word: str, names: set[str]) -> None:
    assert book.selected(given(word)) == names


def test_all_means_every_rule_and_so_does_saying_nothing(book: RuleBook) -> None:
    assert book.selected(given("all")) == book.selected() == book.names


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "has", "lacks"),
    [
        (("EL2",), (), ("EL201",), "steps-per-epoch-not-whole", "steps-override-epochs"),
        (("EL201",), (), ("EL2",), "steps-override-epochs", "steps-per-epoch-not-whole"),
        (("all",), (), ("EL3",), "steps-override-epochs", "warmup-ignored"),
        (("EL3",), (), ("all",), "warmup-ignored", "steps-override-epochs"),
        (("EL201",), ("EL3",), (), "warmup-ignored", "batch-product-mismatch"),
        (("EL201", "EL202"), (), ("EL201",), "steps-per-epoch-not-whole", "steps-override-epochs"),
        (None, (), ("warmup-*",), "steps-override-epochs", "warmup-ignored"),
        (None, ("warmup-ignored",), ("EL3",), "warmup-ignored", "warmup-exceeds-run"),
    ],
)
def test_the_more_exact_word_wins_and_ignore_wins_a_draw(
    book: RuleBook,
    select: tuple[str, ...] | None,
    extend: tuple[str, ...],
    ignore: tuple[str, ...],
    has: str,
    lacks: str,
) -> None:
    selected = book.selected(None if select is None else given(*select), given(*extend), given(*ignore))
    assert has in selected
    assert lacks not in selected


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [
        ("steps-overide-epochs", "did you mean 'steps-override-epochs'?"),
        ("EL210", "did you mean 'EL"),
        ("El", "lists all"),
        ("zzz-*", "lists all"),
        ("", "lists all"),
    ],
)
def test_a_word_that_means_nothing_is_wrong_use(book: RuleBook, word: str, suggestion: str) -> None:
    with pytest.raises(UsageError) as error:
        book.selected(given(word))
    assert str(error.value).startswith("--select: there is no rule")
    assert suggestion in str(error.value)


def test_words_in_ignore_are_checked_too_and_named_by_where_they_stand(book: RuleBook) -> None:
    with pytest.raises(UsageError, match=r"^pyproject.toml:7: ignore: there is no rule 'nope'"):
        book.selected(None, (), (("nope", "pyproject.toml:7: ignore"),))


def test_the_rules_that_words_mean_together(book: RuleBook) -> None:
    assert book.meant_by(given("EL201", "schedule")) == {
        "steps-override-epochs",
        "warmup-exceeds-run",
        "warmup-ignored",
    }
    assert book.meant_by(()) == frozenset()
