"""`schedules/<name>.yaml`, `apis/<library>.yaml` and `launchers/<name>.yaml` as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from epochlint.expressions.language import parse
from epochlint.knowledge.catalogue import Api, Launcher, Piece, Schedule
from epochlint.knowledge.scope import OF_A_CALL, OF_A_SCHEDULE, Known, Scope, ordered
from epochlint.knowledge.shared_forms import file_name, formulas, parameters, refusals, unit
from epochlint.records import record

if TYPE_CHECKING:
    from epochlint.knowledge.datafile import DataFile, Part


@record
class Library:
    """A file of APIs."""

    name: str
    title: str
    aliases: tuple[tuple[str, str], ...]
    apis: tuple[Api, ...]


def schedule_from(file: DataFile) -> Schedule:
    """Make the record of a schedule file. Raises CatalogueError about the first thing that is wrong."""
    top, scope = file.top, Scope(OF_A_SCHEDULE)
    takes = parameters(top.get("parameters"))
    lets, cycle = ordered(formulas(top.get("let"), scope))
    if cycle:
        raise (top.get("let") or top).error(f"these names need each other: {' → '.join(cycle)}")
    rate = top.get("rate")
    schedule = Schedule(
        name=file_name(top),
        title=top.text("title"),
        calls=top.words("calls"),
        parameters=takes,
        rate=_pieces(rate, scope),
        length=scope.optional(top, "length"),
        past_end=top.text("past_end", "holds"),
        includes_warmup=top.flag("includes_warmup") if top.get("includes_warmup") else None,
        refusals=refusals(top.get("refuses"), scope),
        let=lets,
        composition=top.text("composition"),
        sources=top.words("sources"),
    )
    own = [
        "t",
        "base",
        "pi",
        "ticks",
        *(parameter.name for parameter in takes),
        *(formula.quantity for formula in lets),
    ]
    scope.check(Known(frozenset(own), others=f"known are {', '.join(own)}"))
    return schedule


def _pieces(part: Part | None, scope: Scope) -> tuple[Piece, ...]:
    if part is None:
        return (Piece(parse("base")),)
    if not isinstance(part.value, list):
        return (Piece(scope.formula(part)),)
    return tuple(Piece(scope.required(entry, "is"), scope.optional(entry, "if")) for entry in part.each())


def library_from(file: DataFile) -> Library:
    """Make the records of an API file. Raises CatalogueError about the first thing that is wrong."""
    top = file.top
    return Library(
        name=file_name(top),
        title=top.text("title"),
        aliases=tuple((prefix, str(part.value)) for prefix, part in top.entries_of("aliases")),
        apis=tuple(_api(name, part) for name, part in top.entries_of("apis")),
    )


def _api(name: str, part: Part) -> Api:
    scope = Scope(OF_A_CALL)
    positional, takes = part.words("positional"), parameters(part.get("parameters"))
    gives = tuple((given, scope.formula(entry)) for given, entry in part.entries_of("gives"))
    units = []
    for given, entry in part.entries_of("units"):
        of = unit(entry)
        if of is not None:
            units.append((given, of))
    own = [
        "self",
        *positional,
        *(parameter.name for parameter in takes),
        *(given for given, _ in gives),
        *(one for one, _ in units),
    ]
    scope.check(Known(frozenset(own), frozenset(own), f"known are {', '.join(dict.fromkeys(own))}"))
    return Api(
        name=name,
        positional=positional,
        parameters=takes,
        returns=part.text("returns"),
        bases=part.words("bases"),
        gives=gives,
        units=tuple(units),
        role=part.text("role"),
        unpacks=part.words("unpacks"),
        decorates=part.text("decorates"),
        builds=tuple(
            (attribute, entry.text("section"), entry.text("class")) for attribute, entry in part.entries_of("builds")
        ),
    )


def launcher_from(file: DataFile) -> Launcher:
    """Make the record of a launcher file. Raises CatalogueError about the first thing that is wrong."""
    top, scope = file.top, Scope()
    launcher = Launcher(
        name=file_name(top),
        commands=top.words("commands"),
        flags=top.words("flags"),
        aliases=tuple((name, str(part.value)) for name, part in top.entries_of("aliases")),
        module_options=top.words("module_options"),
        config_option=top.text("config_option"),
        defaults=tuple((name, part.value) for name, part in top.entries_of("defaults")),
        processes=scope.optional(top, "processes"),
        counting=top.words("counting"),
        header=top.flag("header") if top.get("header") else False,
        trains=top.flag("trains") if top.get("trains") else False,
    )
    own = dict.fromkeys((*launcher.counting, *(name for name, _ in launcher.defaults), *launcher.flags))
    scope.check(
        Known(frozenset(own), others=f"known are the options under counting, defaults and flags: {', '.join(own)}")
    )
    return launcher
