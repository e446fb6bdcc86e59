"""docs/rules.md, with everything about every rule, and rules/README.md, a table of them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.findings.finding import CERTAINTIES, SEVERITIES
from epochlint.findings.own_rules import FAMILY, OWN_RULES, OwnRule
from epochlint.knowledge.rule import Example, Guarded, Rule, RulePage
from epochlint.knowledge.store import Catalogue
from epochlint.reports.concise import concise
from generator import markdown
from generator.coverage import Coverage
from generator.markdown import computed, fenced, inline_code, language_of, plain

FAMILIES = {
    "batch": "Batch sizes",
    "steps": "Steps and epochs",
    "schedule": "Learning-rate schedules",
    "intervals": "Evaluations, checkpoints and logs",
    "data": "Data and loaders",
    "loop": "Training loops",
    "units": "Units and wording",
    "types": "Types and spelling of options",
    FAMILY: "The linter itself",
}

INTRODUCTION = """\
# Rules

Every rule has a name and a code; both are understood wherever a rule is named (`--select`, `ignore`, comments).
`epochlint explain NAME` shows the same page in the terminal. What stands under *Reported* is what epochlint really
prints for the example.

**error**: it raises, never ends, trains or saves nothing, or discards gradients. **warning**: it runs, not as meant.
**note**: true and worth knowing; shown by `--show-notes` and in JSON. A *certain* finding follows from the files; a
*likely* one is almost always a mistake, is marked, and fails a check only with `--strict`. Where a run is tiny (at most
100 steps) or a smoke test, findings that only follow from its shortness drop to notes.

To silence a rule, write `# epochlint: ignore[NAME]` on the line or above it ([more](configuration.md#comments)).
"""

TABLE = """\
# Rules

One file a rule, one folder a family. How to write one: [writing rules](../docs/writing-rules.md). All about each rule:
[docs/rules.md](../docs/rules.md). *Frameworks* are those that have what the rule speaks of; one rule serves them all.
A rule that needs none looks at what a script or a configuration says by itself.
"""


def manual(catalogue: Catalogue) -> str:
    """Return docs/rules.md."""
    return "\n".join([computed("rules/"), "", *_manual(catalogue)]).rstrip("\n") + "\n"


def _manual(catalogue: Catalogue) -> Iterator[str]:
    yield INTRODUCTION
    families: dict[str, list[str]] = {}
    for entry in sorted(catalogue.index.rules, key=lambda entry: entry.code):
        families.setdefault(entry.family, []).append(entry.name)
    families[FAMILY] = [rule.name for rule in OWN_RULES]
    own = {rule.name: rule for rule in OWN_RULES}
    titles = {**FAMILIES, **{family: family.capitalize() for family in families if family not in FAMILIES}}
    for family, title in titles.items():
        listed = ", ".join(f"[{name}](#{name})" for name in families.get(family, ()))
        if listed:
            yield f"- {title}: {listed}"
    yield ""
    for family, title in titles.items():
        if family in families:
            yield from (f"## {title}", "")
        for name in families.get(family, ()):
            yield from _own_rule(own[name]) if name in own else _rule(catalogue.rule(name), catalogue.rule_page(name))


def _rule(rule: Rule, page: RulePage) -> Iterator[str]:
    facts = [f"**{rule.code}**", severity_of(rule.severity), certainty_of(rule)]
    if rule.frameworks:
        facts.append(f"only in runs of {', '.join(rule.frameworks)}")
    if rule.aliases:
        facts.append(f"formerly {', '.join(rule.aliases)}")
    yield from _head(rule.name, facts, page.summary, page.explanation)
    for example in page.bad:
        yield from _example("Reported", example, rule.name)
    for example in page.good:
        yield from _example("Not reported", example, "")
    if page.sources:
        yield from ("Sources:", "", *(f"- {plain(source)}" for source in page.sources), "")


def _own_rule(rule: OwnRule) -> Iterator[str]:
    yield from _head(rule.name, [f"**{rule.code}**", rule.severity, "certain"], rule.summary, rule.explanation)


def _head(name: str, facts: list[str], summary: str, explanation: str) -> Iterator[str]:
    yield from (f"### {name}", "", " · ".join(facts), "", f"**{plain(summary)}**", "", explanation.strip("\n"), "")


def _example(heading: str, example: Example, rule: str) -> Iterator[str]:
    assumed = " ".join(f"--assume {name}={value}" for name, value in example.assume)
    with_what = f" (with `{assumed}`)" if assumed else ""
    why = f": {plain(example.why)}" if example.why else ""
    yield from (f"*{heading}{why}*{with_what}", "")
    for path, text in example.files:
        if len(example.files) > 1:
            yield from (inline_code(path), "")
        yield from (*fenced(text, language_of(path)), "")
    if rule:
        said = said_about(example, rule)
        if said:
            yield from (*fenced("\n".join(said), "text"), "")


def said_about(example: Example, rule: str) -> list[str]:
    """Return what `epochlint check` says by one rule about an example, with what it advises."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, text in example.files:
            os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")
        assume = tuple((name, str(value), "--assume") for name, value in example.assume)
        findings = session.check((".",), Options(assume=assume)).findings
    found = [finding for finding in findings if finding.name == rule]
    return [
        line
        for finding in found
        for line in (*concise((finding,)), *([f"  help: {finding.help}"] if finding.help else ()))
    ]


# --- the table ------------------------------------------------------------------------------------------------------


def table(catalogue: Catalogue) -> str:
    """Return rules/README.md."""
    return "\n".join([computed("the files beside it"), "", *_table(catalogue)]) + "\n"


def _table(catalogue: Catalogue) -> Iterator[str]:
    yield TABLE
    coverage = Coverage(catalogue)
    rows = []
    for entry in catalogue.index.rules:
        rule = catalogue.rule(entry.name)
        link = f"[{rule.name}](../docs/rules.md#{rule.name})"
        rows.append((rule.code, link, severity_of(rule.severity), certainty_of(rule), coverage.told(rule, entry.needs)))
    rows += [(own.code, f"[{own.name}](../docs/rules.md#{own.name})", own.severity, "certain", "") for own in OWN_RULES]
    yield from markdown.table(("code", "name", "severity", "certainty", "frameworks"), sorted(rows))


def severity_of(guarded: tuple[Guarded, ...]) -> str:
    return _choices(guarded, SEVERITIES)


def certainty_of(rule: Rule) -> str:
    may = (Guarded(CERTAINTIES[0]),) if rule.may else ()
    return _choices((*rule.certainty, *may), CERTAINTIES)


def _choices(guarded: tuple[Guarded, ...], order: tuple[str, ...]) -> str:
    """Return what a rule can say, the gravest first."""
    texts = {one.text for one in guarded}
    return " or ".join(text for text in reversed(order) if text in texts)
