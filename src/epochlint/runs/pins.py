"""Which releases the files beside the code ask for: requirements, project and lock files, nearest first."""

from __future__ import annotations

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
            name = _wanted_name(requirement, wanted)
            if name is not None and name not in pins and requirement.specifier:
                pins[name] = Pinned(name, requirement.specifier, requirement.place, "requirement")
    return tuple(pins.values())


def _wanted_name(requirement: Requirement, wanted: frozenset[str]) -> str | None:
    from epochlint.sources.requirements_reader import normalised

    return next((name for name in wanted if normalised(name) == requirement.package), None)


def packages_of(framework: Framework) -> frozenset[str]:
    """Return the packages whose release may change the data of a framework."""
    versions = [option.versions for option in framework.options]
    versions += [formula.versions for formula in (*framework.plan, *framework.let)]
    versions += [refusal.versions for refusal in framework.refusals]
    versions += [event.versions for event in framework.events]
    named = {package for pairs in versions for package, _ in pairs}
    return frozenset(named | ({framework.package} if framework.package else set()))


def _requirements_in(project: Project, folder: str) -> tuple[Requirement, ...]:
    found: list[Requirement] = []
    for path in project.files.requirement_files(folder):
        document = project.document(path)
        found.extend(document.requirements if document else ())
    return tuple(found)


def _text(assumption: Assumption) -> str:
    return str(getattr(assumption.value, "value", ""))
