"""docs/facts.md names exactly the facts that scripts are observed for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from epochlint.checking.scripts import OBSERVED
from epochlint.knowledge.store import Catalogue
from epochlint.scripts.facts import Observation
from epochlint.scripts.reading import read_script
from epochlint.sources.files import read_text

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/facts.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `([a-z]+)`:(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))

# A script in which everything is seen that is observed, each kind at least once with all its facts.
SCRIPT = """\
import argparse, math, torch
from lab import evaluate, loader, total, update
p = argparse.ArgumentParser()
p.add_argument("--epochs", default=3)
args = p.parse_args()
ACCUMULATE = 4
size = total()
begun = size * ACCUMULATE // (len(loader) // ACCUMULATE)
nothing = size // (0 * ACCUMULATE)
BATCH_SIZE, total_steps = 32, 500
total_epochs = total_steps // BATCH_SIZE
total.train.num_steps = 100
shares = math.ceil(50_000 // 64)
for epoch in range(total_epochs):
    for batch in loader:
        update(batch)
step = 0
for epoch in range(args.epochs):
    for batch in loader:
        update(batch)
        step += 1
        if step >= 100:
            break
optimizer = torch.optim.SGD([], lr=0.1)
for epoch in range(3):
    for i, batch in enumerate(loader):
        update(batch).backward()
        if (i + 1) % ACCUMULATE == 0:
            optimizer.step()
        if (i + 1) % 100 == 0:
            evaluate()
"""


def observed() -> dict[str, list[Observation]]:
    script = read_script(read_text("train.py", SCRIPT), Catalogue.default(), lambda *_: None)
    found: dict[str, list[Observation]] = {}
    for one in script.observations:
        found.setdefault(one.about, []).append(one)
    return found


@pytest.mark.parametrize("about", OBSERVED)
def test_the_page_lists_the_facts_of_each_kind(about: str) -> None:
    section = SECTIONS[about]
    rows = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    written = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    places = set(re.findall(r"`([a-z_]+)`", section.rpartition("Places:")[2]))
    seen = observed()[about]
    values = {name for one in seen for name, _ in one.values}
    texts = {name for one in seen for name, _ in one.texts}
    assert values <= written, values - written
    assert written <= values | texts, written - values - texts
    assert {name for one in seen for name, _ in one.places} <= places


def test_the_page_has_a_section_for_each_kind() -> None:
    assert tuple(sorted(SECTIONS)) == tuple(sorted(OBSERVED))
