"""What data files say about each other: names of other files that do not exist, names and codes that are used twice."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from epochlint.knowledge.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.catalogue import Framework
    from epochlint.knowledge.datafile import DataFile, Part
    from epochlint.knowledge.loading import Everything, Workshop
    from epochlint.knowledge.rule import Rule

OUR_CODES = "EL"  # how the codes of the rules that come with us begin, and no rule pack's


def problems_between(workshop: Workshop, made: Everything) -> Iterator[CatalogueError]:
    """Yield what is wrong between the files from which these records were made."""
    for framework in made.frameworks:
        yield from _of_framework(workshop, framework)
        yield from _of_refusals(workshop, workshop.file_of_framework(framework.name).top)
    for schedule in made.schedules:
        yield from _of_refusals(workshop, workshop.file(workshop.by_name["schedule", schedule.name]).top)
    seen = _codes_outside(workshop) if made.rules else {}
    for rule, _ in made.rules:
        yield from _of_rule(workshop, rule, seen)


def _of_framework(workshop: Workshop, framework: Framework) -> Iterator[CatalogueError]:
    file = workshop.file_of_framework(framework.name)
    for option in framework.options:
        if option.reads and not workshop.has(option.reads):
            yield file.error(("options", option.name, "reads"), f"there is no framework file {option.reads!r}")
    for use in framework.schedules:
        for value, name in use.names:
            if ("schedule", name) not in workshop.by_name:
                yield file.error(("schedule", "names", value), f"there is no schedule file {name!r}")


def _of_refusals(workshop: Workshop, top: Part) -> Iterator[CatalogueError]:
    for owner in (top, *(part for _, part in top.entries_of("components"))):
        for refusal in owner.each_of("refuses"):
            rule = refusal.get("rule")
            if rule is not None and ("rule", rule.value) not in workshop.by_name:
                yield rule.error(f"there is no rule {rule.value!r}")


def _of_rule(workshop: Workshop, rule: Rule, seen: dict[str, str]) -> Iterator[CatalogueError]:
    """Compare with the names in `seen`, and add those of this rule to them."""
    file: DataFile = workshop.file(workshop.by_name["rule", rule.name])
    for key, names in (("code", (rule.code,)), ("aliases", rule.aliases)):
        for name in names:
            other = seen.setdefault(name, file.path)
            taken = workshop.by_name.get(("rule", name)) if key == "aliases" else None
            if other != file.path or taken is not None:
                yield file.error((key,), f"{name} is used by {taken.shown if taken else other} too")
    if workshop.outside and rule.code.startswith(OUR_CODES) and seen[rule.code] == file.path:
        yield file.error(("code",), f"codes that begin with {OUR_CODES} are our own; begin it with letters of yours")
    for name in rule.frameworks:
        if not workshop.has(name):
            yield file.error(("frameworks",), f"there is no framework file {name!r}")


def _codes_outside(workshop: Workshop) -> dict[str, str]:
    """Return code: file of the rules that are compiled elsewhere."""
    found: dict[str, str] = {}
    for source in workshop.outside:
        if source.kind == "rule":
            with suppress(CatalogueError):
                found[workshop.file(source).top.text("code")] = source.shown
    return found
