"""`frameworks/<name>.yaml` as a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.knowledge.catalogue import ComponentSpec, Framework, LoopSpec, Requirement
from epochlint.knowledge.inheritance import TakenAway, inherit
from epochlint.knowledge.loop_forms import component, events, loop, schedule_use
from epochlint.knowledge.option_forms import ignored, object_path, options, override, signature, with_steadiness
from epochlint.knowledge.quantities import LOOP_FACTS, QUANTITIES
from epochlint.knowledge.scope import OF_A_RUN, Known, Scope, ordered
from epochlint.knowledge.shared_forms import file_name, formulas, refusals
from epochlint.records import replace

if TYPE_CHECKING:
    from epochlint.knowledge.datafile import DataFile, Part


class Draft:
    """A framework file with what it extends, not yet with what every framework inherits, and not yet checked."""

    def __init__(self, file: DataFile, parent: Framework | None = None) -> None:
        self.file = file
        self._scope = Scope(OF_A_RUN)
        own = _own_part(file.top, self._scope, parent.loop if parent else None)
        self.framework = (
            own if parent is None else inherit(own, parent, _taken_away(file.top), given=tuple(file.top.value))
        )

    def finished(self, everywhere: Framework | None = None, used: tuple[ComponentSpec, ...] = ()) -> Framework:
        """Add what every framework inherits (its formulas come last) and the components of used files; check all names.

        Raises CatalogueError about the first thing that is wrong.
        """
        top, whole = self.file.top, self.framework
        if everywhere is not None:
            whole = inherit(whole, everywhere, {}, given=tuple(top.value), formulas_last=True)
        own_components = {component.name for component in whole.components}
        components = (*whole.components, *(component for component in used if component.name not in own_components))
        whole = replace(whole, components=components)
        lets, cycle = ordered(whole.let, _known_names(replace(whole, let=())))
        if cycle:
            raise (top.get("let") or top).error(f"these names need each other: {' → '.join(cycle)}")
        self._scope.check(_known_names(whole))
        return replace(whole, let=lets, options=with_steadiness(whole.options))


def _requirement(package: str, part: Part) -> Requirement:
    if isinstance(part.value, dict):
        return Requirement(package, part.text("releases"), part.text("newest"))
    return Requirement(package, str(part.value))


def _own_part(top: Part, scope: Scope, inherited: LoopSpec | None) -> Framework:
    """Read what stands in the file itself."""
    let = top.get("let")
    lets = formulas(let, scope)
    for formula in lets:
        if formula.quantity in QUANTITIES:
            raise (let or top).error(f"{formula.quantity} is a quantity: its formulas stand under plan")
    return Framework(
        name=file_name(top),
        title=top.text("title"),
        package=top.text("package"),
        published_as=top.words("published_as"),
        newest=top.text("newest"),
        supported=top.text("supported"),
        requires=tuple(_requirement(package, part) for package, part in top.entries_of("requires")),
        aliases=tuple((prefix, str(part.value)) for prefix, part in top.entries_of("aliases")),
        signatures=tuple(signature(part) for part in top.each_of("recognise")),
        objects=tuple(
            object_path(name, part, scope) for name, part in top.entries_of("objects") if part.value is not None
        ),
        options=tuple(options(top.get("options"))),
        let=lets,
        plan=formulas(top.get("plan"), scope),
        tells=formulas(top.get("tells"), scope),
        overrides=tuple(override(part, scope) for part in top.each_of("overrides")),
        ignored=tuple(ignored(part, scope) for part in top.each_of("ignored")),
        refusals=refusals(top.get("refuses"), scope),
        loop=loop(top.get("loop"), scope, inherited),
        events=tuple(events(top.get("events"), scope)),
        schedules=tuple(schedule_use(part, scope) for part in top.each_of("schedule")),
        components=tuple(
            component(name, part, scope) for name, part in top.entries_of("components") if part.value is not None
        ),
        uses=top.words("uses"),
        unknown_options=top.text("unknown_options", "ignored"),
        every_option=top.flag("every_option"),
        one_process=top.flag("one_process"),
        reads_numbers=top.flag("reads_numbers"),
        sealed=top.flag("sealed"),
        tiny_run=part.value if (part := top.get("tiny_run")) is not None else None,
        sources=top.words("sources"),
        verified=top.text("verified", "derived"),
        description=top.text("description"),
    )


def _taken_away(top: Part) -> TakenAway:
    """Return what the file takes away from what it inherits: names whose value is null."""
    taken = {
        section: tuple(name for name, part in top.entries_of(section) if part.value is None)
        for section in ("options", "objects", "components")
    }
    taken["events"] = tuple(name for name, part in top.entries_of("events") if not part.value)
    return taken


def _known_names(framework: Framework) -> Known:
    exact = {*QUANTITIES, *LOOP_FACTS, *(formula.quantity for formula in framework.let)}
    heads = {"launcher", "run", "root", "environment", *(path.name for path in framework.objects)}
    heads.update(component.name for component in framework.components)
    if any(signature.loop for signature in framework.signatures):
        heads.update(("loader", "optimizer", "scheduler"))
    for option in framework.options:
        exact.update((option.name, *option.aliases))
        if option.reads or "object" in option.types:
            heads.update(name for name in (option.name, option.reads) if name)
        if "." in option.name:
            heads.add(option.name.partition(".")[0])
    private = sorted({formula.quantity for formula in framework.let} | heads)
    others = f"known are quantities, options, and {', '.join(private)}"
    return Known(frozenset(exact), frozenset(heads), others)
