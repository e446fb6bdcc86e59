"""Configurations made of several files of a repository."""

from __future__ import annotations

from epochlint.sources.bases import on_bases
from epochlint.sources.defaults_list import compose, groups_named, has_defaults_list
from epochlint.sources.interpolation import interpolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.runs.project import Project
    from epochlint.sources.documents import Document


def composed(project: Project, document: Document) -> Document:
    """Return a configuration with everything that it inherits, is made of, and refers to."""
    if not has_defaults_list(document):
        return interpolated(on_bases(document, project.open_document))
    folder = document.path.rpartition("/")[0]
    return compose(document, lambda option: project.document(f"{folder}/{option}.yaml".lstrip("/")))


def is_option(project: Project, path: str, composing: list[str]) -> bool:
    """Tell whether one of some files chooses the file from a group in its defaults list."""
    for name in composing:
        folder = name.rpartition("/")[0]
        group = path.removeprefix(f"{folder}/" if folder else "").rpartition("/")[0]
        document = project.document(name)
        if document is not None and group in groups_named(document):
            return True
    return False
