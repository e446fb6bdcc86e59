"""What a file declares under the names that people give training settings, whether or not a run is recognised in it."""

from __future__ import annotations

from epochlint.declared.configurations import declared_in_configuration
from epochlint.declared.launched import declared_by_command
from epochlint.declared.listing import declared_in_script
from epochlint.dialects.commands import flags_in
from epochlint.expressions.values import Known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from epochlint.declared.setting import Declared
    from epochlint.places import Place
    from epochlint.runs.launching import Launch
    from epochlint.runs.project import Project
    from epochlint.runs.run import Run
    from epochlint.sources.documents import Document, Word


def declared_in(project: Project, path: str, runs: Iterable[Run]) -> tuple[Declared, ...]:
    """Return the settings that a file declares, in its order. What the framework of a run says of a key of a
    configuration counts more than its name."""
    document = project.document(path)
    if document is None or not project.catalogue.vocabulary:
        return ()
    if document.root is not None:
        understood = {(place.line, place.column) for run in runs for place in _understood(run) if place.path == path}
        found = declared_in_configuration(document, project.catalogue.vocabulary)
        return tuple(one for one in found if (one.place.line, one.place.column) not in understood)
    if document.tree is not None:
        return declared_in_script(document, project.catalogue.vocabulary)
    once = {(one.quantity, one.place): one for one in _by_commands(project, document)}
    return tuple(sorted(once.values(), key=lambda one: (one.place.line, one.place.column)))


def _understood(run: Run) -> Iterator[Place]:
    """Yield the places of the numbers for which the framework has an option; of a text such as 10ep the unit is told
    by what is declared."""
    for setting in run.settings:
        is_text = isinstance(setting.value, Known) and isinstance(setting.value.value, str)
        if setting.place is not None and not is_text and run.framework.option(setting.option) is not None:
            yield setting.place


def _by_commands(project: Project, document: Document) -> Iterator[Declared]:
    variables = {command.place: command.environment for command in document.commands}
    for launch in project.launches_in(document.path):
        program = launch.script or launch.launcher
        environment = variables.get(launch.place, ())
        given = declared_by_command(
            program, _given(launch), environment, launch.counting, project.catalogue.vocabulary
        )  # fmt: skip
        yield from (one for one in given if one.place.path == document.path)


def _given(launch: Launch) -> tuple[tuple[str, Word], ...]:
    return tuple((flag.name, flag.values[0]) for flag in flags_in(launch.flags)[0] if len(flag.values) == 1)
