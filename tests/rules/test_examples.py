"""The examples in every rule file: each bad one is found at its line, and no rule says a loud word about any good
one."""

from __future__ import annotations

import pytest

from epochlint.examples import failures
from epochlint.knowledge.rule import RulePage
from epochlint.knowledge.store import Catalogue
from epochlint.records import replace

CATALOGUE = Catalogue.default()
PAGES = [CATALOGUE.rule_page(entry.name) for entry in CATALOGUE.index.rules]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_are_what_happens(page: RulePage) -> None:
    assert not list(failures(page))


def test_an_example_that_is_not_what_happens_fails() -> None:
    page = PAGES[0]
    turned = replace(page, bad=page.good, good=page.bad)
    assert {one.kind for one in failures(turned)} == {"good"}
    promised = replace(page.good[0], expected=((page.good[0].files[0][0], 1),))
    assert [one.kind for one in failures(replace(page, bad=(*page.bad, promised)))] == ["bad"]
    assert [(one.kind, one.number) for one in failures(replace(page, good=page.good[:1]))] == [("good", 0)]
