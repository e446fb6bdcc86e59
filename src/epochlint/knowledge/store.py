"""The catalogue as the engine sees it: an index, and frameworks, schedules, APIs and rules that are built on demand.

A fresh compiled catalogue is only opened. In a checkout, and for rule packs, it is compiled again when a data file
changed.
"""

from __future__ import annotations

import os

from epochlint.knowledge import codec, container, folders
from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.index import Index

TYPE_CHECKING = False  # what type checkers take for true: importing `typing` costs a start more than all of this module
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from epochlint.knowledge.catalogue import Api, Framework, Launcher, Schedule
    from epochlint.knowledge.folders import Source
    from epochlint.knowledge.index import RuleEntry
    from epochlint.knowledge.rule import Rule, RulePage


class Catalogue:
    """Frameworks, schedules, APIs, launchers and rules.

    Names that do not exist are a KeyError. `parts_opened` and `records_built` count the work done so far.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)
        self._decoder = codec.Decoder()
        self._built: dict[str, Any] = {}
        self._libraries: dict[str, dict[str, Any]] = {}
        self.parts_opened = 0
        self.index = Index(self._tables)

    @classmethod
    def default(cls, packs: Sequence[str] = ()) -> Catalogue:
        """Open our own catalogue, with the files of some rule packs (folders) if given.

        Raises CatalogueError if our data files are not there; what is wrong with single files is in `errors`.
        """
        sources = folders.sources_in(packs) if packs else ()
        if not sources:
            return cls([_own_layer()])
        return cls([_own_layer(), Layer(sources, (folders.user_cache_folder(),), _own_sources())])

    @classmethod
    def from_folders(cls, places: Sequence[str], cache: str | None = None) -> Catalogue:
        """Open the catalogue of some folders alone; its compiled form goes into `cache`, else into the user's cache."""
        return cls([Layer(folders.sources_in(places), (cache, folders.user_cache_folder()))])

    # --- what is in it -----------------------------------------------------------------------------------------------

    @property
    def records_built(self) -> int:
        return self._decoder.built

    @property
    def errors(self) -> tuple[CatalogueError, ...]:
        """What is wrong with data files; each such file is left out, or names something that does not exist."""
        return tuple(CatalogueError(*error) for table in self._tables("errors", "") for error in table)

    @property
    def framework_names(self) -> tuple[str, ...]:
        return self.index.names("framework")

    def framework(self, name: str) -> Framework:
        return self._record("framework", name)  # type: ignore[no-any-return]

    def schedule(self, name: str) -> Schedule:
        return self._record("schedule", name)  # type: ignore[no-any-return]

    @property
    def launchers(self) -> tuple[Launcher, ...]:
        if "launchers" not in self._built:
            tables = self._tables("launchers", "")
            self._built["launchers"] = tuple(one for table in tables for one in self._decoder.decode(table))
        return self._built["launchers"]  # type: ignore[no-any-return]

    @property
    def vocabulary(self) -> dict[str, Any]:
        """Return what `vocabulary_file` made of our own file of names; {} if there is none."""
        return next((one for table in self._tables("vocabulary", "") for one in table), {})

    # --- calls -------------------------------------------------------------------------------------------------------

    def frameworks_for_call(self, called: str) -> tuple[str, ...]:
        return self.index.frameworks_for_call(called)

    def frameworks_for_key(self, key: str) -> tuple[str, ...]:
        return self.index.frameworks_for_key(key)

    def schedules_for_call(self, called: str) -> tuple[str, ...]:
        return self.index.schedules_for_call(called)

    def api(self, dotted: str) -> Api | None:
        """Return what is known of a call; None if nothing is."""
        for name, library, _ in self.index.apis_for_call(dotted):
            key = f"api {name}"
            if key not in self._built:
                self._built[key] = self._decoder.decode(self._library(library)[name])
            return self._built[key]  # type: ignore[no-any-return]
        return None

    def canonical(self, dotted: str) -> str:
        """Replace the prefix of a dotted name that is another name of a package."""
        return self.index.canonical(dotted)

    def is_library(self, name: str) -> bool:
        """Tell whether a name is that of a library some of whose calls are known."""
        return name in self.index.names("api")

    @property
    def apis(self) -> Catalogue:
        """The catalogue as a table of APIs: `api`, `canonical`, `is_library`, `role`."""
        return self

    def role(self, dotted: str) -> str:
        """Return the role of a call (loader, optimizer ...), without opening anything; empty if it has none."""
        return next((role for _, _, role in self.index.apis_for_call(dotted)), "")

    # --- rules -------------------------------------------------------------------------------------------------------

    def rule(self, name: str) -> Rule:
        """Return a rule by name, code or former name."""
        return self._record("rule", self.rule_entry(name).name)  # type: ignore[no-any-return]

    def rule_page(self, name: str) -> RulePage:
        """Return the explanation and the examples of a rule, by name, code or former name."""
        return self._record("page", self.rule_entry(name).name)  # type: ignore[no-any-return]

    def rule_entry(self, name: str) -> RuleEntry:
        wanted = name.lower()
        for entry in self.index.rules:
            if wanted in (entry.name, entry.code.lower(), *entry.aliases):
                return entry
        raise KeyError(name)

    def rules_for(self, abouts: frozenset[str] | set[str], names: frozenset[str] | set[str]) -> tuple[Rule, ...]:
        """Return the rules about these kinds of things none of which needs a name that is not among `names`."""
        return tuple(
            self._record("rule", entry.name)
            for entry in self.index.rules
            if entry.about in abouts and entry.needs <= names
        )

    def rules_about(self, about: str, framework: str) -> tuple[Rule, ...]:
        """Return the rules about one kind of thing that concern runs of a framework."""
        return tuple([self._record("rule", entry.name) for entry in self.index.rules_about(about, framework)])

    # --- reading -----------------------------------------------------------------------------------------------------

    def _record(self, kind: str, name: str) -> Any:
        key = f"{kind}/{name}"
        if key not in self._built:
            self._built[key] = self._decoder.decode(self._part(key))
        return self._built[key]

    def _library(self, name: str) -> dict[str, Any]:
        if name not in self._libraries:
            self._libraries[name] = self._part(f"api/{name}")
        return self._libraries[name]

    def _part(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                self.parts_opened += 1
                return layer.part(name)
        raise KeyError(name.partition("/")[2])

    def _tables(self, name: str, prefix: str = "index/") -> Iterator[Any]:
        for layer in self._layers:
            self.parts_opened += 1
            yield layer.part(prefix + name)


class Layer:
    """The compiled form of some data files: opened where it is kept, made where it is missing, damaged or out of date.

    `caches` are the folders where it may be kept, the best first. `outside` are files of other layers that these may
    extend. `ready` is a compiled form that is always up to date.
    """

    def __init__(
        self, sources: Sequence[Source], caches: Sequence[str | None], outside: Sequence[Source] = (), ready: str = ""
    ) -> None:
        self._sources = sources
        self._outside = outside
        self._caches = tuple(dict.fromkeys(folder for folder in caches if folder))
        self._opened = self._open(ready)

    def __contains__(self, name: str) -> bool:
        return name in self._opened

    def part(self, name: str) -> Any:
        try:
            return self._opened.part(name)
        except container.BrokenContainerError:
            self._opened = container.Memory(self._compiled())
            return self._opened.part(name)

    def _open(self, ready: str) -> container.Container | container.Memory:
        if ready:
            opened = container.Container.open(ready, codec.SHAPE)
            if opened is not None:
                return opened
            self._sources = self._sources or _own_sources()
        stamp = self._stamp()
        paths = [os.path.join(folder, self._file_name()) for folder in self._caches]
        for path in paths:
            opened = container.Container.open(path, stamp)
            if opened is not None:
                return opened
        parts = self._compiled()
        contents = container.pack(parts, stamp)
        for path in paths:
            folders.prepare_cache(os.path.dirname(path))
            if container.write(path, contents):
                break
        return container.Memory(parts)

    def _stamp(self) -> tuple[Any, ...]:
        files = folders.stamp_of((*self._outside, *self._sources))
        return (codec.SHAPE, files, folders.own_code_stamp() if folders.checkout_folder() else ())

    def _file_name(self) -> str:
        """Return the name of the cache file: one for each set of folders."""
        from zlib import crc32

        names = "\n".join(sorted({os.path.dirname(source.path) for source in self._sources}))
        return f"catalogue-{crc32(names.encode('utf-8', 'surrogateescape')):08x}.bin"

    def _compiled(self) -> dict[str, Any]:
        from epochlint.knowledge.compile import compile_catalogue

        parts, _ = compile_catalogue(self._sources or _own_sources(), self._outside)
        return parts


def _own_layer() -> Layer:
    """Open the compiled catalogue of the package, or of the checkout that this module is run from."""
    if os.path.exists(folders.COMPILED):
        return Layer((), (folders.user_cache_folder(),), ready=folders.COMPILED)
    checkout = folders.checkout_folder()
    cache = os.path.join(checkout, folders.CACHE_NAME) if checkout else None
    return Layer(_own_sources(), (cache, folders.user_cache_folder()))


def _own_sources() -> tuple[Source, ...]:
    folder = folders.installed_folder()
    if folder is None:
        raise CatalogueError(
            folders.PACKAGE, "the data files (frameworks, rules ...) are not there; install epochlint again"
        )
    return folders.sources_in((folder,))
