"""docs/coverage.md: the mistakes that people really make, and what covers each; read from docs/coverage/*.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from epochlint.findings.own_rules import OWN_RULES
from epochlint.knowledge.store import Catalogue
from epochlint.records import record
from generator.markdown import computed, table

FOLDER = Path(__file__).parents[1] / "coverage"
GROUPS = {"huggingface": "Hugging Face", "others": "PyTorch, Lightning, Keras, JAX and others", "general": "Everywhere"}
OWN_EXAMPLE = "own-example"

INTRODUCTION = """\
# Coverage

Mistakes that people really make in training arithmetic, collected from the sources and the issue trackers of the
frameworks before the rules were written. Each is covered by a rule, or by what a framework refuses, or there is a
reason why it is not. `framework-refuses` tells what the framework itself raises. For each that is covered there
is a pair of small examples in `docs/coverage/`, one with the mistake and one without, and a test runs them all. *Shown
by the rule* means that the examples of the rule are such a pair.
"""


@record
class Candidate:
    """One mistake: `bad` and `good` are files (name, text), `by` the rules that find it, `because` why none does."""

    id: str
    says: str
    by: tuple[str, ...] = ()
    because: str = ""
    bad: tuple[tuple[str, str], ...] = ()
    good: tuple[tuple[str, str], ...] = ()
    assume: tuple[tuple[str, str], ...] = ()


def reasons() -> dict[str, str]:
    found: dict[str, str] = _read("forms")["reasons"]
    return found


def candidates() -> dict[str, list[Candidate]]:
    """Return group: its mistakes."""
    forms = _read("forms")["forms"]
    return {group: [_candidate(one, forms) for one in _read(group)] for group in GROUPS}


def page(catalogue: Catalogue) -> str:
    """Return docs/coverage.md."""
    return "\n".join([computed("docs/coverage/"), "", *_page(catalogue)]).rstrip("\n") + "\n"


def _page(catalogue: Catalogue) -> Iterator[str]:
    own = {rule.name for rule in OWN_RULES}
    yield INTRODUCTION
    everything = candidates()
    all_of_them = [one for group in everything.values() for one in group]
    why = reasons()
    counts = {key: sum(one.because == key for one in all_of_them) for key in why}
    yield f"{len(all_of_them)} mistakes, {sum(bool(one.by) for one in all_of_them)} of them covered. The others:"
    yield ""
    yield from table(("reason", "mistakes", "what it means"), ((key, str(counts[key]), why[key]) for key in why))
    for group, found in everything.items():
        yield from ("", f"## {GROUPS[group]}", "")
        yield from table(
            ("", "mistake", "covered by"), ((one.id, one.says, _told(one, catalogue, own)) for one in found)
        )


def _told(one: Candidate, catalogue: Catalogue, own: set[str]) -> str:
    if not one.by:
        return f"no: {one.because}"
    for name in one.by:
        if name not in own:
            catalogue.rule_entry(name)  # a KeyError for a rule that is not there
    shown = " (shown by the rule)" if one.because == OWN_EXAMPLE else ""
    return ", ".join(f"[{name}](rules.md#{name})" for name in one.by) + shown


def _candidate(told: dict[str, Any], forms: dict[str, Any]) -> Candidate:
    return Candidate(
        id=str(told["id"]),
        says=told["says"],
        by=tuple(told.get("by", ())),
        because=told.get("because", ""),
        bad=_files(told.get("bad", {}), forms),
        good=_files(told.get("good", {}), forms),
        assume=tuple((name, str(value)) for name, value in told.get("assume", {}).items()),
    )


def _files(told: str | dict[str, str], forms: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the files of an example: as they stand there, or a text in a form that several share."""
    if isinstance(told, dict):
        return tuple(told.items())
    name, _, text = told.partition(": ")
    form = forms[name]
    if "code" in form:
        whole = form["code"].replace("TEXT", text.replace("|", "\n").lstrip("\n"))
    else:
        whole = json.dumps({**form["base"], **yaml.safe_load(text)}, indent=2) + "\n"  # JSON is YAML as well
    return ((form["file"], whole), *form.get("with", {}).items())


def _read(name: str) -> Any:
    path = FOLDER / f"{name}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
