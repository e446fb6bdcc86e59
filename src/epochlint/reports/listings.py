"""`epochlint rules` and `epochlint frameworks`: what the catalogue knows."""

from __future__ import annotations

from epochlint.findings.own_rules import FAMILY, OWN_RULES
from epochlint.reports.colour import PLAIN
from epochlint.reports.explain import severities
from epochlint.reports.numbers import number
from epochlint.reports.table import Table
from epochlint.reports.terminal import PIPE_COLUMNS, count, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.expressions.language import Expression
    from epochlint.expressions.values import Scalar
    from epochlint.knowledge.catalogue import Framework, Versions
    from epochlint.knowledge.store import Catalogue
    from epochlint.reports.colour import Palette

LONGEST_NAME = 44  # columns for the name of an option


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
            any_of = f"one of {', '.join(signature.keys_any)}" if signature.keys_any else ""
            recognised.add("keys", "; ".join(part for part in (", ".join(signature.keys_all), any_of) if part))
        if signature.loop:
            recognised.add("loops", "hand-written training loops")
    yield "Recognised by", recognised

    options = Table(("", "bold", ""), wide=2, largest={0: LONGEST_NAME}, palette=palette)
    for (name, quantity, about), releases in _grouped(framework).items():
        options.add(name, quantity, safe("; ".join(part for part in (about, " or ".join(releases)) if part)))
    yield "Options (quantity, type, default, releases)", options

    formulas = Table(("bold", ""), wide=1, palette=palette)
    for formula in framework.plan:
        formulas.add(
            formula.quantity,
            f"= {formula.expression.text}{_when(formula.condition, formula.versions, framework.package)}",
        )
    yield "Formulas", formulas

    overrides = Table(("bold", ""), wide=1, palette=palette)
    for override in framework.overrides:
        overrides.add(
            override.winner, f"beats {override.loser}{_when(override.when, override.versions, framework.package)}"
        )
    yield "Overrides", overrides

    refusals = Table(("dim", ""), wide=1, palette=palette)
    for refusal in framework.refusals:
        refusals.add(refusal.phase, f"{refusal.error}{_when(refusal.when, refusal.versions, framework.package)}")
    yield "Refuses", refusals

    sources = Table(("", ""), wide=1, palette=palette)
    for source in framework.sources:
        sources.add("-", safe(source))
    yield f"Sources ({framework.verified})", sources


def _grouped(framework: Framework) -> dict[tuple[str, str, str], list[str]]:
    """Return options by name, quantity and what they take, with the releases that have them so."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for option in framework.options:
        default = f"default {_literal(option.default)}" if option.has_default else ""
        about = "; ".join(part for part in (" or ".join(option.types), default) if part)
        releases = groups.setdefault((option.name, option.quantity, about), [])
        if option.versions:
            releases.append(_versions(option.versions, framework.package))
    return groups


def _literal(value: Scalar) -> str:
    """Return a default as a configuration file would have it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else number(value)


def _when(condition: Expression | None, versions: Versions, own: str) -> str:
    said = f" if {condition.text}" if condition is not None else ""
    return said + (f" ({_versions(versions, own)})" if versions else "")


def _versions(versions: Versions, own: str) -> str:
    """Return the releases that something is tied to; the framework's own package goes without saying."""
    return ", ".join(specifier if package == own else f"{package} {specifier}" for package, specifier in versions)
