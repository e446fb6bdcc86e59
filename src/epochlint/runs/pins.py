"""Which releases the files beside the code ask for: requirements, project and lock files, nearest first."""

from __future__ import annotations

from epochlint.knowledge.versions import packages_of
from epochlint.runs.project import Project, parents
from epochlint.runs.run import Assumption, Pinned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Framework
    from epochlint.sources.documents import Requirement


def pins_for(
    project: Project, path: str, framework: Framework, assumptions: tuple[Assumption, ...]
) -> tuple[Pinned, ...]:
    """Return a pin for each package that the framework's data depend on and that somebody pins."""
    wanted = packages_of(framework)
    pins = {}
    for assumption in assumptions:
        if assumption.name in wanted:
            pins[assumption.name] = Pinned(assumption.name, f"=={_text(assumption)}", assumption.place, "assumed")
    for folder in parents(path):
        for requirement in _requirements_in(project, folder):
            name = _wanted_name(requirement, wanted, framework)
            if name is not None and name not in pins and requirement.specifier:
                pins[name] = Pinned(name, requirement.specifier, requirement.place, "requirement")
    return tuple(pins.values())


def _wanted_name(requirement: Requirement, wanted: tuple[str, ...], framework: Framework) -> str | None:
    from epochlint.sources.requirements_reader import normalised

    if requirement.package in map(normalised, framework.published_as):
        return framework.package
    return next((name for name in wanted if normalised(name) == requirement.package), None)


def _requirements_in(project: Project, folder: str) -> tuple[Requirement, ...]:
    found: list[Requirement] = []
    for path in project.files.requirement_files(folder):
        document = project.document(path)
        found.extend(document.requirements if document else ())
    return tuple(found)


def _text(assumption: Assumption) -> str:
    return str(getattr(assumption.value, "value", ""))
