"""`extends:` and the file that every framework inherits: replace by name, keep the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from epochlint.knowledge.catalogue import Framework, Override, Requirement
from epochlint.records import replace

T = TypeVar("T")

TakenAway = dict[str, tuple[str, ...]]  # section of the file: names that it sets to null


def inherit(
    own: Framework, parent: Framework, taken_away: TakenAway, given: tuple[str, ...], formulas_last: bool = False
) -> Framework:
    """Return `own` with everything it does not replace from `parent`.

    Options, objects, components, refusals, overrides, private names and events are replaced by name, formulas per
    quantity; what recognises a framework, its name and its sources are its own. `given` are the top-level keys of the
    own file. `formulas_last` keeps the parent's formulas after the own ones of the same quantity.
    """
    everywhere = tuple(replace(formula, identity=True) for formula in parent.plan)
    plan = (
        (*own.plan, *everywhere) if formulas_last else _by_key(parent.plan, own.plan, lambda formula: formula.quantity)
    )
    return replace(
        own,
        package=own.package or parent.package,
        published_as=own.published_as or (parent.published_as if "package" not in given else ()),
        newest=own.newest or (parent.newest if "package" not in given else ""),
        supported=own.supported or (parent.supported if "package" not in given else ""),
        requires=_requirements(own, parent),
        unknown_options=own.unknown_options if "unknown_options" in given else parent.unknown_options,
        one_process=own.one_process if "one_process" in given else parent.one_process,
        sealed=own.sealed if "sealed" in given else parent.sealed,
        reads_numbers=own.reads_numbers if "reads_numbers" in given else parent.reads_numbers,
        tiny_run=own.tiny_run if "tiny_run" in given else parent.tiny_run,
        aliases=_by_key(parent.aliases, own.aliases, lambda alias: alias[0]),
        objects=_by_key(parent.objects, own.objects, lambda path: path.name, taken_away.get("objects", ())),
        options=_by_key(parent.options, own.options, lambda option: option.name, taken_away.get("options", ())),
        let=_by_key(parent.let, own.let, lambda formula: formula.quantity),
        plan=plan,
        tells=_by_key(parent.tells, own.tells, lambda formula: formula.quantity),
        overrides=_by_key(parent.overrides, own.overrides, _override_name),
        ignored=_by_key(parent.ignored, own.ignored, lambda ignored: ignored.option),
        refusals=_by_key(parent.refusals, own.refusals, lambda refusal: refusal.name),
        loop=own.loop or parent.loop,
        events=_by_key(parent.events, own.events, lambda event: event.event, taken_away.get("events", ())),
        schedules=own.schedules or parent.schedules,
        components=_by_key(parent.components, own.components, lambda one: one.name, taken_away.get("components", ())),
        uses=tuple(dict.fromkeys((*parent.uses, *own.uses))),
    )


def _requirements(own: Framework, parent: Framework) -> tuple[Requirement, ...]:
    """Return the packages that a framework needs, with what their own files say about their releases."""
    theirs = {requirement.package: requirement for requirement in parent.requires}
    if parent.package and own.package not in ("", parent.package):
        theirs[parent.package] = Requirement(parent.package, parent.supported, parent.newest)
    for mine in own.requires:
        known = theirs.get(mine.package, mine)
        releases = ",".join(dict.fromkeys(part for part in (known.releases, mine.releases) if part))
        theirs[mine.package] = Requirement(mine.package, releases, mine.newest or known.newest)
    return tuple(theirs.values())


def _override_name(override: Override) -> str:
    return override.name or f"{override.winner} {override.loser}"


def _by_key(
    inherited: tuple[T, ...], own: tuple[T, ...], key: Callable[[T], str], taken_away: Iterable[str] = ()
) -> tuple[T, ...]:
    """Put groups of the same key in the inherited order, the own group where there is one; new ones follow."""
    groups: dict[str, list[T]] = {}
    for entry in inherited:
        groups.setdefault(key(entry), []).append(entry)
    replaced: set[str] = set()
    for name in taken_away:
        groups.pop(name, None)
    for entry in own:
        name = key(entry)
        if name not in replaced:
            replaced.add(name)
            groups[name] = []
        groups[name].append(entry)
    return tuple(entry for group in groups.values() for entry in group)
