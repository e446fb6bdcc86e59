"""The repository as far as a run needs it: documents, scripts and launch commands, each read once, nothing outside
the root."""

from __future__ import annotations

import os

from epochlint.dialects.reading import Reader
from epochlint.records import record
from epochlint.sources.kinds import is_workflow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.dialects.readings import Reading
    from epochlint.knowledge.store import Catalogue
    from epochlint.places import Place
    from epochlint.runs.launching import Launch
    from epochlint.scripts.facts import Script
    from epochlint.sources.documents import Document, Problem, Word
    from epochlint.sources.files import FileReader

CONFIG_KINDS = ("yaml", "json", "toml")
WORKFLOWS = ".github/workflows"
# How many files of a folder are looked at when a run's launchers and scripts are searched for.
MAX_NEIGHBOURS = 500
MOST_SEARCHED = 3_000  # Python files that are searched for a word
MAX_FOLDERS = 100


# What stands in a configuration that other files complete, or that refers to its own values.
COMPOSED = ("${", "!ref", "defaults:", "_BASE_", "_base", "base", "extends", "inherit_from")
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
        self._shells: dict[str, tuple[str, ...]] = {}
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

    def _interpreted(
        self, document: Document, configuration: Document | None = None, words: tuple[Word, ...] = ()
    ) -> Script:
        from epochlint.scripts.reading import read_script  # most of a start's time where only configurations are read

        return read_script(document, self.catalogue, self.open_document, configuration, words)

    def launched_readings(self, path: str, launch: Launch | None) -> tuple[Reading, ...]:
        """Return what a script tells when a command launches it: the options that it declares have the command's
        values."""
        script = self.script(path) if launch is not None and launch.flags and path.endswith(".py") else None
        document = self.document(path)
        if script is None or not script.takes_options or document is None or launch is None:
            return self.readings(path)
        return self._dialects.read_script(self._interpreted(document, self.handed_over(launch), launch.flags))

    def handed_over(self, launch: Launch) -> Document | None:
        """Return the configuration file among the arguments of a command."""
        named = [self._found(word.text.rpartition("=")[2], launch) for word in launch.flags if word.known]
        configs = [path for path in named if path is not None and self.files.kind(path) in CONFIG_KINDS]
        return self.document(configs[0]) if len(configs) == 1 else None

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
        if self.is_option(path):
            return ()
        document = self.composed(document)
        readings = self._dialects.read_config(document)
        configured = self.configured(path) if any(self._builders(reading.framework) for reading in readings) else None
        return self._dialects.read_config(document, configured.script) if configured is not None else readings

    def composed(self, document: Document) -> Document:
        """Return a configuration with everything that it inherits, is made of, and refers to."""
        if not any(mark in document.text for mark in COMPOSED):
            return document
        from epochlint.runs.composing import composed

        return composed(self, document)

    def is_option(self, path: str) -> bool:
        """Tell whether a file is one option of a group of configurations: then it says nothing by itself."""
        if self.files.kind(path) != "yaml":
            return False
        above = [name for folder in parents(path)[1:3] for name in self.files_in(folder, (".yaml", ".yml"))]
        composing = [name for name in above if b"defaults:" in self.files.raw(name)]
        if not composing:
            return False
        from epochlint.runs.composing import is_option

        return is_option(self, path, composing)

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
        launches = {self.started(launch): launch for launch in self.launches_with(path)}
        launched = [name for name in launches if name is not None]
        paths = launched or [name for name in self.scripts_beside(path) if self._names_builder(name, path)]
        document = self.document(paths[0]) if len(paths) == 1 else None
        if document is None or document.tree is None:
            return None
        launch = launches.get(paths[0])
        script = self._interpreted(document, self.document(path), launch.flags if launch is not None else ())
        calls = {name for call in script.calls for name in call.callees}
        if not any(self.catalogue.role(name) == BUILDER for name in calls):
            return None
        return Configured(script, launch)

    def _names_builder(self, script: str, config: str) -> bool:
        """Tell whether a script has the name of a call that makes objects from configurations such as this one."""
        document = self.document(config)
        frameworks = [reading.framework for reading in self._dialects.read_config(document)] if document else []
        names = {name.rpartition(".")[2].encode() for framework in frameworks for name in self._builders(framework)}
        return any(name in self.files.raw(script) for name in names)

    def launches_with(self, path: str) -> tuple[Launch, ...]:
        """Return the commands that hand a file over to a script, in the shell files beside it and above it."""
        launches = [launch for shell in self._shells_around(path) for launch in self.launches_in(shell)]
        return tuple(
            launch
            for launch in launches
            if any(self._found(word.text.rpartition("=")[2], launch) == path for word in launch.flags)
        )

    def started(self, launch: Launch) -> str | None:
        """Return the path of the script that a command launches; None if it is not in the repository."""
        return self._found(launch.script, launch) if launch.script else None

    def _found(self, name: str, launch: Launch) -> str | None:
        """Return the path of a file that a command names, which may run in another folder than its script is in."""
        for folder in dict.fromkeys((launch.folder, "")):
            path = self.files.resolve(f"{folder}/{name}" if folder else name, launch.path)
            if path is not None:
                return path
        return None

    def _read_commands(self, document: Document) -> tuple[Reading, ...]:
        if not document.commands:
            return ()
        given = {launch.place: launch.flags for launch in self.launches_in(document.path)}
        return self._dialects.read_commands(
            tuple((command, given.get(command.place)) for command in document.commands)
        )  # fmt: skip

    def launched_at(self, path: str, place: Place) -> Launch | None:
        """Return what the command at a place of a shell file launches."""
        return next((launch for launch in self.launches_in(path) if launch.place == place), None)

    def launches(self, script: str) -> tuple[Launch, ...]:
        """Return the commands that launch a script, in the shell files beside it and above it up to the root."""
        launches = [launch for path in self._shells_around(script) for launch in self.launches_in(path)]
        return tuple(launch for launch in launches if self.started(launch) == script)

    def _shells_around(self, path: str) -> tuple[str, ...]:
        """Return the shell files beside a file, above it up to the root, and in folders below those that name it."""
        if self.command:
            return (self.command,)
        shells = dict.fromkeys(shell for folder in parents(path) for shell in self._shells_near(folder))
        name = path.rpartition("/")[2]
        stem = name.removesuffix(".py").encode()
        return tuple(shell for shell in shells if stem in self.files.raw(shell))

    def _shells_near(self, folder: str) -> tuple[str, ...]:
        if folder not in self._shells:
            below = [inner for one in self._folders_in(folder) for inner in (one, *self._folders_in(one))]
            folders = (folder, *below[:MAX_FOLDERS])
            if not folder:
                folders = (*folders, WORKFLOWS)
            self._shells[folder] = tuple(shell for one in folders for shell in self.files_in(one, launches=True))
        return self._shells[folder]

    def _folders_in(self, folder: str) -> tuple[str, ...]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                names = sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))
        except OSError:
            return ()
        return tuple(f"{folder}/{name}".lstrip("/") for name in names[:MAX_FOLDERS] if not name.startswith("."))

    def launched_from(self, path: str) -> tuple[str, ...]:
        """Return the scripts that the commands of a shell file launch."""
        scripts = [self.started(launch) for launch in self.launches_in(path)]
        return tuple(dict.fromkeys(script for script in scripts if script is not None))

    def scripts_beside(self, path: str) -> tuple[str, ...]:
        """Return the Python files in the folder of a file and in the folders above it."""
        return tuple(script for folder in parents(path) for script in self.files_in(folder, (".py",)))

    def reads_numbers(self) -> bool:
        """Tell whether a Python file of the repository uses a reader of configurations to which `1e-4` is a number."""
        if self._reads_numbers is None:
            from epochlint.runs.number_readers import imports_any
            from epochlint.sources.discovery import discover

            readers = self.catalogue.index.number_readers()
            scripts = [path for path in discover((self.root,), self.root) if path.endswith(".py")][:MOST_SEARCHED]
            self._reads_numbers = any(imports_any(self.files.raw(path), readers) for path in scripts)
        return self._reads_numbers

    def launches_in(self, path: str) -> tuple[Launch, ...]:
        if path not in self._launches:
            document = self.document(path)
            self._launches[path] = self._read_launches(document) if document and document.commands else ()
        return self._launches[path]

    def _read_launches(self, document: Document) -> tuple[Launch, ...]:
        from epochlint.runs.launching import read_launch, sweep_points

        launchers = self.catalogue.launchers
        launches = [read_launch(command, document.path, launchers, document.job) for command in document.commands]
        return tuple(point for launch in launches if launch is not None for point in sweep_points(launch))

    def files_in(self, folder: str, suffixes: tuple[str, ...] = (), launches: bool = False) -> tuple[str, ...]:
        """Return the files of a folder with one of the suffixes, and those with launch commands if they are wanted."""
        try:
            names = sorted(os.listdir(os.path.join(self.root, folder)))[:MAX_NEIGHBOURS]
        except OSError:
            return ()
        paths = (f"{folder}/{name}".lstrip("/") for name in names)
        return tuple(path for path in paths if path.endswith(suffixes) or (launches and self._may_launch(path)))

    def _may_launch(self, path: str) -> bool:
        return self.files.kind(path) in ("shell", "notebook") or is_workflow(path)


def parents(path: str) -> tuple[str, ...]:
    """Return the folders above a file, nearest first, the root ("") last."""
    folders = []
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        folders.append(folder)
    return tuple(folders)
