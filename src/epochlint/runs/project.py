"""The repository as far as a run needs it: documents, scripts and launch commands, each read once, nothing outside
the root."""

from __future__ import annotations

import os

from epochlint.dialects.reading import Reader
from epochlint.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.dialects.readings import Reading
    from epochlint.knowledge.store import Catalogue
    from epochlint.places import Place
    from epochlint.runs.launching import Launch
    from epochlint.scripts.facts import Script
    from epochlint.sources.documents import Document, Problem
    from epochlint.sources.files import FileReader

LAUNCH_SUFFIXES = (".sh", ".slurm", ".sbatch")
# How many files of a folder are looked at when a run's launchers and scripts are searched for.
MAX_NEIGHBOURS = 500
MOST_SEARCHED = 3_000  # Python files that are searched for a word


BUILDER = "builds-from-config"  # the role of calls that make the objects of a run from a configuration file


@record
class Configured:
    """A script as it is with a configuration file, and the command that hands the file over, if there is one."""

    script: Script
    launch: Launch | None = None


class Project:
    """Documents, scripts and readings of one repository, remembered.

    With a `command`, the name under which its text was opened, this is the one thing that launches anything.
    """

    def __init__(self, catalogue: Catalogue, files: FileReader, command: str = "") -> None:
        self.catalogue = catalogue
        self.files = files
        self.command = command
        self._dialects = Reader(catalogue, self.open_document)
        self._scripts: dict[str, Script | None] = {}
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._configured: dict[str, Configured | None] = {}
        self._launches: dict[str, tuple[Launch, ...]] = {}
        self._reads_numbers: bool | None = None

    @property
    def root(self) -> str:
        return self.files.root

    def document(self, path: str) -> Document | None:
        return self.files.read(path)

    def open_document(self, name: str, beside: str) -> Document | None:
        """Return the file of the repository that another file names, or None if there is none."""
        path = self.files.resolve(name, beside)
        return self.files.read(path) if path is not None else None

    def script(self, path: str) -> Script | None:
        """Return what is established about a Python file or notebook; None if it cannot be read."""
        if path not in self._scripts:
            document = self.document(path)
            self._scripts[path] = self._interpreted(document) if document and document.tree is not None else None
        return self._scripts[path]

    def given_up_on(self, path: str) -> tuple[Problem, ...]:
        """Return where the analysis of a file gave up, if anybody asked for it."""
        script = self._scripts.get(path)
        document = self.document(path) if script is not None else None
        if script is None or document is None:
            return ()
        return script.problems[len(document.problems) :]

    def _interpreted(self, document: Document, configuration: Document | None = None) -> Script:
        from epochlint.scripts.reading import read_script  # most of a start's time where only configurations are read

        return read_script(document, self.catalogue, self.open_document, configuration)

    def launched_readings(self, path: str, launch: Launch | None) -> tuple[Reading, ...]:
        """Return what a script tells when a command launches it: the options that it declares have the command's
        values."""
        script = self.script(path) if launch is not None and launch.flags and path.endswith(".py") else None
        document = self.document(path)
        if script is None or not script.takes_options or document is None or launch is None:
            return self.readings(path)
        from epochlint.scripts.reading import read_script

        return self._dialects.read_script(read_script(document, self.catalogue, self.open_document, words=launch.flags))

    def readings(self, path: str) -> tuple[Reading, ...]:
        """Return the runs, and the parts of runs, that a file tells of."""
        if path not in self._readings:
            self._readings[path] = self._read(path)
        return self._readings[path]

    def _read(self, path: str) -> tuple[Reading, ...]:
        document = self.document(path)
        if document is None:
            return ()
        if document.kind in ("python", "notebook"):
            script = self.script(path)
            return (*(self._dialects.read_script(script) if script else ()), *self._read_commands(document))
        if document.kind == "shell":
            return self._read_commands(document)
        readings = self._dialects.read_config(document)
        configured = self.configured(path) if any(self._builders(reading.framework) for reading in readings) else None
        return self._dialects.read_config(document, configured.script) if configured is not None else readings

    def _builders(self, framework: str) -> tuple[str, ...]:
        """Return the calls by which a framework makes the objects of a run from a configuration file."""
        objects = self.catalogue.framework(framework).objects
        return tuple(name for wanted in objects for name in wanted.calls if self.catalogue.role(name) == BUILDER)

    def configured(self, path: str) -> Configured | None:
        """Return the script that makes its objects from a configuration file, read with this file; None if there is
        none, or nobody can tell which."""
        if path not in self._configured:
            self._configured[path] = None  # while it is looked for
            self._configured[path] = self._find_configured(path)
        return self._configured[path]

    def _find_configured(self, path: str) -> Configured | None:
        launches = {self.files.resolve(launch.script, launch.path): launch for launch in self._launches_with(path)}
        launched = [name for name in launches if name is not None]
        paths = launched or [name for name in self.scripts_beside(path) if self._names_builder(name, path)]
        document = self.document(paths[0]) if len(paths) == 1 else None
        if document is None or document.tree is None:
            return None
        script = self._interpreted(document, self.document(path))
        calls = {name for call in script.calls for name in call.callees}
        if not any(self.catalogue.role(name) == BUILDER for name in calls):
            return None
        return Configured(script, launches.get(paths[0]))

    def _names_builder(self, script: str, config: str) -> bool:
        """Tell whether a script has the name of a call that makes objects from configurations such as this one."""
        document = self.document(config)
        frameworks = [reading.framework for reading in self._dialects.read_config(document)] if document else []
        names = {name.rpartition(".")[2].encode() for framework in frameworks for name in self._builders(framework)}
        return any(name in self.files.raw(script) for name in names)

    def _launches_with(self, path: str) -> tuple[Launch, ...]:
        """Return the commands that hand a file over to a script, in the shell files beside it and above it."""
        launches = [launch for shell in self._shells_above(path) for launch in self._launches_in(shell)]
        return tuple(
            launch
            for launch in launches
            if any(self.files.resolve(word.text.rpartition("=")[2], launch.path) == path for word in launch.flags)
        )

    def _read_commands(self, document: Document) -> tuple[Reading, ...]:
        if not document.commands:
            return ()
        given = {launch.place: launch.flags for launch in self._launches_in(document.path)}
        return self._dialects.read_commands(
            tuple((command, given.get(command.place)) for command in document.commands)
        )  # fmt: skip

    def launched_at(self, path: str, place: Place) -> Launch | None:
        """Return what the command at a place of a shell file launches."""
        return next((launch for launch in self._launches_in(path) if launch.place == place), None)

    def launches(self, script: str) -> tuple[Launch, ...]:
        """Return the commands that launch a script, in the shell files beside it and above it up to the root."""
        launches = [launch for path in self._shells_above(script) for launch in self._launches_in(path)]
        return tuple(launch for launch in launches if self.files.resolve(launch.script, launch.path) == script)

    def _shells_above(self, path: str) -> tuple[str, ...]:
        """Return the shell files beside a file and above it up to the root, in which commands launch it."""
        if self.command:
            return (self.command,)
        return tuple(shell for folder in parents(path) for shell in self._files_in(folder, LAUNCH_SUFFIXES))

    def launched_from(self, path: str) -> tuple[str, ...]:
        """Return the scripts that the commands of a shell file launch."""
        scripts = [self.files.resolve(launch.script, path) for launch in self._launches_in(path)]
        return tuple(dict.fromkeys(script for script in scripts if script is not None))

    def scripts_beside(self, path: str) -> tuple[str, ...]:
        """Return the Python files in the folder of a file and in the folders above it."""
        return tuple(script for folder in parents(path) for script in self._files_in(folder, (".py",)))

    def reads_numbers(self) -> bool:
        """Tell whether a Python file of the repository uses a reader of configurations to which `1e-4` is a number."""
        if self._reads_numbers is None:
            import re

            from epochlint.sources.discovery import discover

            readers = "|".join(re.escape(reader) for reader in self.catalogue.index.number_readers())
            imported = re.compile(rf"^\s*(?:from|import)\s+(?:{readers})\b".encode(), re.MULTILINE)
            scripts = [path for path in discover((self.root,), self.root) if path.endswith(".py")][:MOST_SEARCHED]
            self._reads_numbers = bool(readers) and any(imported.search(self.files.raw(path)) for path in scripts)
        return self._reads_numbers

    def _launches_in(self, path: str) -> tuple[Launch, ...]:
        if path not in self._launches:
            document = self.document(path)
            self._launches[path] = self._read_launches(document) if document and document.commands else ()
        return self._launches[path]

    def _read_launches(self, document: Document) -> tuple[Launch, ...]:
        from epochlint.runs.launching import read_launch

        launchers = self.catalogue.launchers
        launches = [read_launch(command, document.path, launchers) for command in document.commands]
        return tuple(launch for launch in launches if launch is not None)

    def _files_in(self, folder: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        try:
            names = sorted(os.listdir(os.path.join(self.root, folder)))[:MAX_NEIGHBOURS]
        except OSError:
            return ()
        return tuple(f"{folder}/{name}".lstrip("/") for name in names if name.endswith(suffixes))


def parents(path: str) -> tuple[str, ...]:
    """Return the folders above a file, nearest first, the root ("") last."""
    folders = []
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        folders.append(folder)
    return tuple(folders)
