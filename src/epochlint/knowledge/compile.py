"""Compiling a catalogue: all data files of some folders become one file of plain data (see `container`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from epochlint.knowledge import codec, indexing
from epochlint.knowledge.loading import Workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from epochlint.knowledge.errors import CatalogueError
    from epochlint.knowledge.folders import Source
    from epochlint.knowledge.loading import Everything


def compile_catalogue(
    sources: Sequence[Source], outside: Sequence[Source] = ()
) -> tuple[dict[str, Any], tuple[CatalogueError, ...]]:
    """Return the parts of a compiled catalogue, by name, and what was wrong (such files are left out).

    `outside` are files that may be extended and named but are compiled elsewhere. Parts are `index/TABLE`,
    `framework/NAME`, `schedule/NAME`, `api/LIBRARY`, `rule/NAME`, `page/NAME`, `launchers`, `vocabulary` and `errors`.
    """
    everything = Workshop(sources, outside).everything()
    everything.rules = [
        (indexing.with_descendants(rule, everything.ancestors), page) for rule, page in everything.rules
    ]
    return _parts(everything), everything.errors


def _parts(everything: Everything) -> dict[str, Any]:
    parts: dict[str, Any] = {f"index/{name}": table for name, table in indexing.tables(everything).items()}
    parts["launchers"] = codec.encode(tuple(everything.launchers))
    parts["vocabulary"] = tuple(everything.vocabularies)
    parts["errors"] = tuple(
        (error.path, error.message, error.line, error.column, error.inside) for error in everything.errors
    )
    for framework in everything.frameworks:
        parts[f"framework/{framework.name}"] = codec.encode(framework)
    for schedule in everything.schedules:
        parts[f"schedule/{schedule.name}"] = codec.encode(schedule)
    for library in everything.libraries:
        parts[f"api/{library.name}"] = {api.name: codec.encode(api) for api in library.apis}
    for rule, page in everything.rules:
        parts[f"rule/{rule.name}"] = codec.encode(rule)
        parts[f"page/{rule.name}"] = codec.encode(page)
    return parts
