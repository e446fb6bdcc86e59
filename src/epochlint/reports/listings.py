"""`epochlint rules` and `epochlint frameworks`: what the catalogue knows."""

from __future__ import annotations

from epochlint.expressions.values import Known
from epochlint.findings.own_rules import FAMILY, OWN_RULES
from epochlint.reports.colour import PLAIN
from epochlint.reports.explain import severities
from epochlint.reports.numbers import estimate
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, count, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.knowledge.catalogue import Formula, Framework, Option, Versions
    from epochlint.knowledge.store import Catalogue
    from epochlint.reports.colour import Palette


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
    for heading, table in _tables(framework, palette):
        lines = list(table.lines(columns))
        if lines:
            yield ""
            yield palette.paint(heading, "bold")
            yield from lines


def _tables(framework: Framework, palette: Palette) -> Iterator[tuple[str, Table]]:
    recognised = Table(("dim", ""), wide=1, palette=palette)
    for signature in framework.signatures:
        if signature.calls:
            recognised.add("calls", ", ".join(signature.calls))
        if signature.keys_all or signature.keys_any:
            any_of = f", one of {', '.join(signature.keys_any)}" if signature.keys_any else ""
            recognised.add("keys", ", ".join(signature.keys_all) + any_of)
        if signature.loop:
            recognised.add("loops", "hand-written training loops")
    yield "Recognised by", recognised

    options = Table(("", "dim", "", "bold", "dim"), wide=1, palette=palette)
    for option in framework.options:
        options.add(option.name, *_option(option))
    yield "Options (type, default, quantity)", options

    formulas = Table(("", "", "dim"), wide=1, palette=palette)
    for formula in framework.plan:
        formulas.add(formula.quantity, f"= {formula.expression.text}", _when(formula))
    yield "Formulas", formulas

    overrides = Table(("", "", "dim"), wide=1, palette=palette)
    for override in framework.overrides:
        condition = f" if {override.when.text}" if override.when is not None else ""
        overrides.add(override.winner, f"beats {override.loser}{condition}", _versions(override.versions))
    yield "Overrides", overrides

    refusals = Table(("", "", "dim"), wide=1, palette=palette)
    for refusal in framework.refusals:
        refusals.add(refusal.phase, f"{refusal.error} if {refusal.when.text}", _versions(refusal.versions))
    yield "Refuses", refusals

    sources = Table(("", ""), wide=1, palette=palette)
    for source in framework.sources:
        sources.add("-", safe(source))
    yield f"Sources ({framework.verified})", sources


def _option(option: Option) -> tuple[str, str, str, str]:
    default = estimate(Known(option.default)) if option.has_default else ""
    return " or ".join(option.types), safe(default), option.quantity, _versions(option.versions)


def _when(formula: Formula) -> str:
    condition = f"if {formula.condition.text}" if formula.condition is not None else ""
    return "; ".join(part for part in (condition, _versions(formula.versions)) if part)


def _versions(versions: Versions) -> str:
    return ", ".join(f"{package} {specifier}" for package, specifier in versions)
