"""One training run, joined from the documents that take part in it."""

from __future__ import annotations

from epochlint.dialects.readings import Component, Setting
from epochlint.expressions.values import Value
from epochlint.knowledge.catalogue import Framework
from epochlint.places import Place
from epochlint.records import record


@record
class Joined:
    """A document of the run. `because` says in words how it got there; `evidence` is the kind of it.

    evidence: given, code (named in code), launcher (named in a launcher), inherited, beside (requirements), layout
    """

    path: str
    because: str
    evidence: str


@record
class Pinned:
    """The release of a package: what the files say, and the releases of the catalogue that this admits."""

    package: str
    specifier: str
    place: Place | None
    origin: str  # requirement, lock, assumed, unpinned


@record
class Assumption:
    """A value somebody supplied: `--assume`, the configuration, or a comment in the file."""

    name: str
    value: Value
    origin: str  # assumed, comment
    place: Place | None = None


@record
class Run:
    """One training call or configuration, with everything the files of the repository say about it.

    `settings` are in force, after precedence; `superseded` pairs a setting that lost with the one that won.
    """

    name: str
    framework: Framework
    place: Place
    documents: tuple[Joined, ...]
    settings: tuple[Setting, ...]
    components: tuple[Component, ...] = ()
    properties: tuple[tuple[str, Value], ...] = ()
    superseded: tuple[tuple[Setting, Setting], ...] = ()
    versions: tuple[Pinned, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    strict: bool = False
    complete: bool = True
    smoke: bool = False  # the path says test, debug, smoke, ci or benchmark
    configuration: bool = False  # a Python file that starts no run itself, or a configuration on top of its bases
    remarks: tuple[str, ...] = ()  # decisions worth telling: why one process, which of two partners

    def setting(self, option: str) -> Setting | None:
        return next((setting for setting in self.settings if setting.option == option), None)
