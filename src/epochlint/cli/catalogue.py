"""`epochlint explain`, `rules` and `frameworks`: what the catalogue knows."""

from __future__ import annotations

import sys

from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError, did_you_mean
from epochlint.findings.own_rules import OWN_RULES
from epochlint.knowledge.quantities import QUANTITIES
from epochlint.knowledge.store import Catalogue
from epochlint.reports.colour import palette
from epochlint.reports.terminal import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from epochlint.reports.explain import Writer


def explain(arguments: argparse.Namespace) -> int:
    """Explain a rule or a quantity."""
    from epochlint.reports.explain import Writer

    writer = Writer(palette(arguments.color, sys.stdout), columns(sys.stdout))
    return _print(_explanation(arguments.name, _catalogue(arguments), writer))


def _explanation(name: str, catalogue: Catalogue, writer: Writer) -> Iterator[str]:
    wanted = name.strip().lower()
    for own in OWN_RULES:
        if wanted in (own.name, own.code.lower()):
            return writer.own_rule(own)
    if wanted in QUANTITIES:
        return writer.quantity(QUANTITIES[wanted])
    try:
        return writer.rule(catalogue.rule(wanted), catalogue.rule_page(wanted))
    except KeyError:
        names = [word for entry in catalogue.index.rules for word in (entry.name, entry.code, *entry.aliases)]
        hint = did_you_mean(name, (*names, *(own.name for own in OWN_RULES), *QUANTITIES))
        raise UsageError(f"there is no rule or quantity {name!r}{hint}; `epochlint rules` lists the rules") from None


def rules(arguments: argparse.Namespace) -> int:
    """List the rules, begin a new one, or try the examples of some."""
    if arguments.action:
        from epochlint.cli.rule_packs import begin, try_examples

        return begin(arguments) if arguments.action == "new" else try_examples(arguments)
    from epochlint.reports.listings import rules_data, rules_text

    catalogue = _catalogue(arguments)
    if arguments.output_format == "json":
        from epochlint.reports.json_report import VERSION, dumped

        return _print([dumped({"version": VERSION, "rules": rules_data(catalogue)})])
    return _print(rules_text(catalogue, palette(arguments.color, sys.stdout), columns(sys.stdout)))


def frameworks(arguments: argparse.Namespace) -> int:
    """List the frameworks, or show one."""
    from epochlint.reports.listings import framework_text, frameworks_text

    catalogue = _catalogue(arguments)
    colours, room = palette(arguments.color, sys.stdout), columns(sys.stdout)
    if not arguments.name:
        return _print(frameworks_text(catalogue, colours, room))
    if arguments.name not in catalogue.framework_names:
        hint = did_you_mean(arguments.name, catalogue.framework_names)
        raise UsageError(f"there is no framework {arguments.name!r}{hint}; `epochlint frameworks` lists all")
    return _print(framework_text(catalogue.framework(arguments.name), colours, room))


def _catalogue(arguments: argparse.Namespace) -> Catalogue:
    """Open the catalogue with the user's own rules."""
    return Catalogue.default(read_options(".", arguments.config or "", arguments.isolated).rule_packs)


def _print(lines: Iterable[str]) -> int:
    for line in lines:
        print(line)
    return 0
