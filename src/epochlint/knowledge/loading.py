"""From data files to records: one file at a time, or all files of some folders with what they say about each other."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from epochlint.knowledge.cross_checks import problems_between
from epochlint.knowledge.datafile import LARGEST, DataFile
from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.folders import Source, sources_in
from epochlint.knowledge.framework_file import Draft
from epochlint.knowledge.other_files import Library, launcher_from, library_from, schedule_from
from epochlint.knowledge.rule_file import page_from, rule_from
from epochlint.knowledge.vocabulary_file import vocabulary_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from epochlint.knowledge.catalogue import ComponentSpec, Framework, Launcher, Schedule
    from epochlint.knowledge.rule import Rule, RulePage

# The framework file that every other inherits without saying so: identities that hold everywhere.
EVERYWHERE = "common"


def load_framework(path: str) -> Framework:
    """Read one framework file; what it extends and uses is looked for beside it. Raises CatalogueError."""
    return _beside(path, "framework").framework(_stem(path))


def load_schedule(path: str) -> Schedule:
    """Read one schedule file. Raises CatalogueError."""
    return schedule_from(read_data_file(path, "schedule"))


def load_apis(path: str) -> Library:
    """Read one file of APIs. Raises CatalogueError."""
    return library_from(read_data_file(path, "api"))


def load_launcher(path: str) -> Launcher:
    """Read one launcher file. Raises CatalogueError."""
    return launcher_from(read_data_file(path, "launcher"))


def load_vocabulary(path: str) -> dict[str, Any]:
    """Read one file of names. Raises CatalogueError."""
    return vocabulary_from(read_data_file(path, "vocabulary"))


def load_rule(path: str) -> Rule:
    """Read one rule file. Raises CatalogueError."""
    return rule_from(read_data_file(path, "rule"))


def load_rule_page(path: str) -> RulePage:
    """Read the explanation and the examples of one rule file. Raises CatalogueError."""
    return page_from(read_data_file(path, "rule"))


def check_sources(folders: Sequence[str]) -> tuple[CatalogueError, ...]:
    """Return what is wrong with the data files of some folders: in each file, and in what they say of each other."""
    return Workshop(sources_in(folders)).everything().errors


def read_data_file(path: str, kind: str, shown: str = "") -> DataFile:
    """Read a YAML file and check it against the schema of its kind. Raises CatalogueError."""
    from epochlint.sources.yaml_reader import read_yaml

    shown = shown or path.replace("\\", "/")
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CatalogueError(shown, f"cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST:
        raise CatalogueError(shown, f"is larger than {LARGEST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogueError(shown, "is not UTF-8") from None
    document = read_yaml(shown, text)
    for problem in document.problems:
        raise CatalogueError(shown, problem.message, problem.span.line, problem.span.column)
    if document.root is None:
        raise CatalogueError(shown, "is empty")
    return DataFile(shown, kind, document.root)


class Everything:
    """All records of some folders, and what is wrong. A file with an error of its own is left out."""

    def __init__(self) -> None:
        self.frameworks: list[Framework] = []
        self.schedules: list[Schedule] = []
        self.libraries: list[Library] = []
        self.launchers: list[Launcher] = []
        self.vocabularies: list[dict[str, Any]] = []
        self.rules: list[tuple[Rule, RulePage]] = []
        self.ancestors: dict[str, tuple[str, ...]] = {}  # framework: those that it extends, nearest first
        self._errors: dict[str, CatalogueError] = {}

    def add_error(self, error: CatalogueError) -> None:
        self._errors.setdefault(str(error), error)

    @property
    def errors(self) -> tuple[CatalogueError, ...]:
        return tuple(
            sorted(self._errors.values(), key=lambda error: (error.path, error.line, error.column, str(error)))
        )


class Workshop:
    """Makes records of data files. `outside` are files that may be extended or named, but are not made."""

    def __init__(self, sources: Sequence[Source], outside: Sequence[Source] = ()) -> None:
        self.sources = tuple(sources)
        self.outside = tuple(outside)
        self.by_name: dict[tuple[str, str], Source] = {}
        for source in (*self.outside, *self.sources):
            self.by_name.setdefault((source.kind, source.name), source)
        self._files: dict[str, DataFile | CatalogueError] = {}
        self._drafts: dict[str, Draft | CatalogueError] = {}

    def framework(self, name: str) -> Framework:
        """Return a framework with everything that it inherits. Raises CatalogueError."""
        draft = self._draft(name)
        everywhere = self._draft(EVERYWHERE).framework if self.has(EVERYWHERE) and name != EVERYWHERE else None
        return draft.finished(everywhere, self._used(draft))

    def everything(self) -> Everything:
        """Make all records; errors are collected, not raised."""
        made = Everything()
        for source in self.sources:
            first = self.by_name[source.kind, source.name]
            try:
                if first is not source:
                    raise CatalogueError(source.shown, f"{source.name!r} is the name of {first.shown} too")
                self._make(source, made)
            except CatalogueError as error:
                made.add_error(error)
        for problem in problems_between(self, made):
            made.add_error(problem)
        if any(rule.frameworks for rule, _ in made.rules):
            made.ancestors = self._all_ancestors()
        return made

    def _make(self, source: Source, made: Everything) -> None:
        if source.kind == "framework":
            made.frameworks.append(self.framework(source.name))
        elif source.kind == "schedule":
            made.schedules.append(schedule_from(self.file(source)))
        elif source.kind == "api":
            made.libraries.append(library_from(self.file(source)))
        elif source.kind == "launcher":
            made.launchers.append(launcher_from(self.file(source)))
        elif source.kind == "vocabulary":
            made.vocabularies.append(vocabulary_from(self.file(source)))
        else:
            file = self.file(source)
            made.rules.append((rule_from(file), page_from(file)))

    # --- frameworks --------------------------------------------------------------------------------------------------

    def _draft(self, name: str) -> Draft:
        found = self._drafts.get(name)
        if found is None:
            chain: list[str] = []
            while name not in self._drafts:
                if name in chain:
                    source = self.by_name["framework", name]
                    cycle = " → ".join((*chain[chain.index(name) :], name))
                    raise CatalogueError(source.shown, f"these extend each other: {cycle}", inside="extends")
                chain.append(name)
                parent = self._extended(name)
                if parent is None:
                    break
                name = parent
            for name in reversed(chain):
                self._drafts[name] = found = self._make_draft(name)
        if isinstance(found, CatalogueError):
            raise found
        assert found is not None, "a chain has at least one name"
        return found

    def _make_draft(self, name: str) -> Draft | CatalogueError:
        try:
            parent = self._extended(name)
            return Draft(self.file_of_framework(name), self._draft(parent).framework if parent else None)
        except CatalogueError as error:
            return error

    def _extended(self, name: str) -> str | None:
        top = self.file_of_framework(name).top
        part = top.get("extends")
        if part is not None and not self.has(part.value):
            raise part.error(f"there is no framework file {part.value!r}")
        return str(part.value) if part is not None else None

    def _all_ancestors(self) -> dict[str, tuple[str, ...]]:
        """Return what each framework extends, those outside too; of wrong files nothing is known."""
        found: dict[str, tuple[str, ...]] = {}
        for kind, name in self.by_name:
            if kind == "framework":
                with suppress(CatalogueError):
                    self._draft(name)
                    found[name] = self._ancestors(name)
        return found

    def _ancestors(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        parent = self._extended(name)
        while parent is not None:
            found.append(parent)
            parent = self._extended(parent)
        return tuple(found)

    def _used(self, draft: Draft) -> tuple[ComponentSpec, ...]:
        """Return the components of the files that a framework uses, and of those that they use."""
        components: dict[str, ComponentSpec] = {}
        waiting = [*draft.framework.uses]
        seen = {draft.framework.name}
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            if not self.has(name):
                raise (draft.file.top.get("uses") or draft.file.top).error(f"there is no framework file {name!r}")
            used = self._draft(name).framework
            waiting.extend(used.uses)
            for component in used.components:
                components.setdefault(component.name, component)
        return tuple(components.values())

    def has(self, framework: str) -> bool:
        return ("framework", framework) in self.by_name

    def file_of_framework(self, name: str) -> DataFile:
        return self.file(self.by_name["framework", name])

    def file(self, source: Source) -> DataFile:
        known = self._files.get(source.path)
        if known is None:
            try:
                known = read_data_file(source.path, source.kind, source.shown)
            except CatalogueError as error:
                known = error
            self._files[source.path] = known
        if isinstance(known, CatalogueError):
            raise known
        return known


def _beside(path: str, kind: str) -> Workshop:
    """Return a workshop of all files of a folder, shown as `folder/file`."""
    import os

    folder = os.path.dirname(path) or "."
    shown = path.replace("\\", "/").rpartition("/")[0]
    sources = [
        Source(kind, _stem(name), os.path.join(folder, name), f"{shown}/{name}" if shown else name, 0, 0)
        for name in sorted(os.listdir(folder))
        if name.endswith((".yaml", ".yml")) and name != os.path.basename(path)
    ]
    own = Source(kind, _stem(path), path, path.replace("\\", "/"), 0, 0)
    return Workshop((*sources, own))


def _stem(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
