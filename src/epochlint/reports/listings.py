"""`epochlint rules` and `epochlint frameworks`: what the catalogue knows."""

from __future__ import annotations

from epochlint.findings.own_rules import FAMILY, OWN_RULES
from epochlint.reports.colour import PLAIN
from epochlint.reports.explain import severities
from epochlint.reports.framework_sections import sections
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, count, safe, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.knowledge.catalogue import Framework
    from epochlint.knowledge.store import Catalogue
    from epochlint.reports.colour import Palette
    from epochlint.reports.framework_sections import Section

LONGEST_NAME = 44  # columns for the name of an option
# Columns whose heading is needed to understand a cell that stands among others.
WORDS = frozenset({"default", "if", "every", "also at", "from", "base"})


def rules_data(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return every rule with its code, name, family, severities and summary, ordered by code."""
    found = [
        {
            "code": entry.code,
            "name": entry.name,
            "family": entry.family,
            "severity": severities(catalogue.rule(entry.name).severity),
            "summary": catalogue.rule(entry.name).summary,
            "aliases": list(entry.aliases),
            "frameworks": list(entry.frameworks),
        }
        for entry in catalogue.index.rules
    ]
    found += [
        {
            "code": rule.code,
            "name": rule.name,
            "family": FAMILY,
            "severity": rule.severity,
            "summary": rule.summary,
            "aliases": [],
            "frameworks": [],
        }
        for rule in OWN_RULES
    ]
    return sorted(found, key=lambda rule: str(rule["code"]))


def rules_text(catalogue: Catalogue, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield the rules as a table."""
    table = Table(("", "bold", "dim", ""), wide=3, palette=palette)
    rules = rules_data(catalogue)
    for rule in rules:
        table.add(rule["code"], rule["name"], rule["severity"], safe(rule["summary"]))
    yield from table.lines(columns)
    yield ""
    yield f"{count(len(rules), 'rule')}; `epochlint explain NAME` tells all about one"


def frameworks_text(catalogue: Catalogue, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield the frameworks as a table."""
    table = Table(("bold", "", "", "dim"), wide=1, palette=palette)
    frameworks = [catalogue.framework(name) for name in sorted(catalogue.framework_names)]
    frameworks = [
        framework for framework in frameworks if framework.signatures
    ]  # the others only help to describe them
    for framework in frameworks:
        releases = f"{framework.package} {framework.supported}".strip() if framework.supported else framework.package
        table.add(framework.name, safe(framework.title), releases, framework.verified)
    yield from table.lines(columns)
    yield ""
    yield f"{count(len(frameworks), 'framework')}; `epochlint frameworks NAME` tells all about one"


def framework_text(framework: Framework, palette: Palette = PLAIN, columns: int = PIPE_COLUMNS) -> Iterator[str]:
    """Yield what is known of one framework: how it is recognised, options, formulas, what it refuses, sources."""
    yield palette.paint(f"{framework.name}: {framework.title}", "bold")
    if framework.supported:
        yield f"{framework.package} {framework.supported}, newest {framework.newest}"
    if framework.description:
        yield from wrapped(safe(framework.description), columns)
    for section in sections(framework):
        yield ""
        yield palette.paint(section.heading, "bold")
        yield from _table(section, palette).lines(columns)
    yield ""
    yield palette.paint(f"Sources ({framework.verified})", "bold")
    for source in framework.sources:
        yield from (f"  {line}" for line in wrapped(f"- {safe(source)}", columns - 2))


def _table(section: Section, palette: Palette) -> Table:
    """Return a section as a table: the columns that are looked up by, then the others one after the other."""
    lead = section.lead
    table = Table(("bold", *[""] * lead), wide=lead, largest={0: LONGEST_NAME}, palette=palette)
    for row in section.rows:
        rest = [
            f"{name} {cell}" if name in WORDS else cell
            for name, cell in zip(section.columns[lead:], row[lead:], strict=True)
            if cell
        ]
        table.add(*(safe(cell) for cell in row[:lead]), safe("; ".join(rest)))
    return table
