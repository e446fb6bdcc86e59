"""Imports: files of the repository are interpreted, everything else is a library known by its dotted name."""

from __future__ import annotations

import _ast as ast

from epochlint.scripts.callables import Library, Module
from epochlint.scripts.containers import Sequence
from epochlint.scripts.machine import DEEPEST_IMPORTS, FUNCTION_FUEL, MOST_MODULES, Activation
from epochlint.scripts.scope import Scope
from epochlint.scripts.sites import Source
from epochlint.scripts.things import Datum, Opaque, constant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.scripts.machine import Machine
    from epochlint.sources.documents import Document

# Packages of Python itself are never files of the repository that matter here, whatever they are called.
PYTHON_ITSELF = frozenset(
    (
        "abc", "argparse", "ast", "asyncio", "base64", "builtins", "collections", "contextlib", "copy", "csv",
        "ctypes", "dataclasses", "datetime", "enum", "functools", "gc", "glob", "gzip", "hashlib", "heapq",
        "importlib", "inspect", "io", "itertools", "json", "logging", "math", "multiprocessing", "operator", "os",
        "pathlib", "pdb", "pickle", "platform", "pprint", "queue", "random", "re", "shutil", "signal", "socket",
        "statistics", "string", "struct", "subprocess", "sys", "tempfile", "textwrap", "threading", "time",
        "timeit", "tomllib", "traceback", "types", "typing", "unittest", "urllib", "uuid", "warnings", "weakref",
        "zipfile", "__future__",
    )
)  # fmt: skip


def module_name(path: str) -> str:
    """Return the dotted name of the module that a file is, seen from the root of the repository."""
    stem = path.removesuffix(".py").removesuffix(".ipynb").removesuffix("/__init__")
    return stem.strip("/").replace("/", ".")


def import_module(machine: Machine, alias: ast.alias, scope: Scope, node: ast.Import) -> None:
    """Run `import a.b` or `import a.b as c`."""
    parts = alias.name.split(".")
    machine.recorder.imports.setdefault(parts[0])
    site = (scope.source, node)
    first = _find(machine, parts[:1], scope.source.path)
    if first is None and len(parts) > 1 and parts[0] not in PYTHON_ITSELF:
        whole = _find(machine, parts, scope.source.path)
        if whole is not None:
            first = Module(parts[0], Scope("module", "", whole.source), whole.source)
            first.scope.slots[parts[1]] = whole if len(parts) == 2 else Opaque(site)
            if alias.asname and len(parts) > 2:
                scope.store(alias.asname, whole, machine.trail)
                return
    if first is None:
        name = alias.name if alias.asname else parts[0]
        scope.store(alias.asname or parts[0], Library(name, site, name=alias.asname or name), machine.trail)
        return
    if not alias.asname:
        inner: Datum | None = first
        for part in parts[1:]:
            inner = submodule(machine, inner, part) if isinstance(inner, Module) else None
        scope.store(parts[0], first, machine.trail)
        return
    found: Datum = first
    for part in parts[1:]:
        found = (_member(machine, found, part) if isinstance(found, Module) else None) or Opaque(site)
    scope.store(alias.asname, found, machine.trail)


def import_names(machine: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    """Run `from a.b import c as d`, relative or not."""
    site = (scope.source, node)
    parts = node.module.split(".") if node.module else []
    if node.level:
        module = _find_relative(machine, node.level, parts, scope.source)
    else:
        machine.recorder.imports.setdefault(parts[0] if parts else "")
        module = _find(machine, parts, scope.source.path)
    dotted = ".".join(_absolute(node.level, parts, scope.source))
    for alias in node.names:
        if alias.name == "*":
            _import_all(machine, module, dotted, scope)
            continue
        if module is None:
            found: Datum = Library(
                f"{dotted}.{alias.name}" if dotted else alias.name, site, node.level > 0, alias.asname or alias.name
            )
        else:
            found = _member(machine, module, alias.name) or Opaque(site, f"{dotted} has no {alias.name}", alias.name)
        scope.store(alias.asname or alias.name, found, machine.trail)


def _absolute(level: int, parts: list[str], source: Source) -> list[str]:
    """Return the parts of a module's name, with those of the package before them if the import is relative."""
    if not level:
        return parts
    package = source.path.split("/")[:-1]
    return [*(package[: len(package) - level + 1] if level > 1 else package), *parts]


def _import_all(machine: Machine, module: Module | None, dotted: str, scope: Scope) -> None:
    if module is None:
        scope.module.stars = (*scope.module.stars, dotted)
        return
    names = list(module.scope.slots)
    listed = module.scope.slots.get("__all__")
    if isinstance(listed, Sequence) and listed.complete:
        names = [str(getattr(item, "plain", "")) for item in listed.items]
    elif listed is None:
        names = [name for name in names if not name.startswith("_")]
    for name in names:
        value = module.scope.slots.get(name)
        if value is not None:
            scope.store(name, value, machine.trail)
    scope.module.stars = (*scope.module.stars, *module.scope.stars)


def _member(machine: Machine, module: Module, name: str) -> Datum | None:
    found = module.scope.slots.get(name)
    return found if found is not None else submodule(machine, module, name)


def submodule(machine: Machine, module: Module, name: str) -> Module | None:
    """Return the module `name` in the folder of a package."""
    if not module.source.path.endswith("__init__.py"):
        return None
    found = _open(machine, f"{name}.py", module.source.path) or _open(
        machine, f"{name}/__init__.py", module.source.path
    )
    return _load(machine, found) if found is not None else None


def _find_relative(machine: Machine, level: int, parts: list[str], source: Source) -> Module | None:
    folder = source.path.split("/")[:-1]
    folder = folder[: len(folder) - level + 1] if level > 1 else folder
    return _find_in(machine, folder, parts)


def _find(machine: Machine, parts: list[str], path: str) -> Module | None:
    """Return the module of the repository that an absolute import means: beside the file, or in a folder above it.

    A package may have a module of its own that is called as a library is (`backend/numpy.py`): inside of the package
    the import means the library.
    """
    if not parts or parts[0] in PYTHON_ITSELF:
        return None
    folder = path.split("/")[:-1]
    is_library = machine.apis.is_library(parts[0])
    while True:
        found = None if is_library and _is_package(machine, folder) else _find_in(machine, folder, parts)
        if found is not None:
            return found
        if not folder:
            return None
        folder = folder[:-1]


def _is_package(machine: Machine, folder: list[str]) -> bool:
    path = "/".join([*folder, "__init__.py"])
    document = _open(machine, "__init__.py", path)
    return document is not None and document.path == path


def module_named(machine: Machine, parts: list[str], path: str) -> Module | None:
    """Return the module of the repository with a dotted name, as a file at `path` would import it."""
    return _find(machine, parts, path)


def _find_in(machine: Machine, folder: list[str], parts: list[str]) -> Module | None:
    beside = "/".join([*folder, "__init__.py"])
    name = "/".join(parts)
    names = (f"{name}.py", f"{name}/__init__.py") if name else ("__init__.py",)
    for candidate in names:
        document = _open(machine, candidate, beside)
        if document is not None:
            wanted = "/".join([*folder, candidate])
            if document.path == wanted:  # not one that was found elsewhere
                return _load(machine, document)
    return None


def _open(machine: Machine, name: str, beside: str) -> Document | None:
    key = (name, beside.rpartition("/")[0])
    if key not in machine.opened:
        document = machine.open_document(name, beside) if len(machine.opened) < 50 * MOST_MODULES else None
        machine.opened[key] = document
    return machine.opened[key]


def _load(machine: Machine, document: Document) -> Module | None:
    """Interpret a file of the repository, once; what it writes stays, whatever branch imported it."""
    path = document.path
    if path in machine.modules:
        return machine.modules[path]
    if document.tree is None or len(machine.importing) >= DEEPEST_IMPORTS or len(machine.modules) >= MOST_MODULES:
        machine.modules[path] = None
        return None
    source = Source(document, module_name(path))
    module = Module(source.module, module_scope(source, source.module), source)
    machine.modules[path] = module
    machine.loads += 1
    kept = machine.floor, machine.frames, machine.guards, machine.depth
    machine.floor = max(machine.floor, machine.fuel - FUNCTION_FUEL)
    machine.frames, machine.depth = (), machine.depth + 1
    mark = machine.trail.mark
    machine.importing.append(path)
    machine.activations.append(Activation(source.module, module.scope, source, mark, (), None))
    machine.execute(document.tree.body, module.scope)
    machine.activations.pop()
    machine.importing.pop()
    machine.trail.settle(mark)
    machine.floor, machine.frames, machine.guards, machine.depth = kept
    machine.raised = False
    return module


def module_scope(source: Source, name: str) -> Scope:
    """Return the scope of a module with the names that are always there."""
    scope = Scope("module", "", source)
    scope.slots["__name__"] = constant(name, None)
    scope.slots["__file__"] = constant(source.path, None)
    return scope


def load_document(machine: Machine, document: Document) -> Module | None:
    """Interpret a Python file that is named by its path."""
    return _load(machine, document)
