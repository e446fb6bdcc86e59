"""Configuration files that a script loads: tables whose numbers stand in those files."""

from __future__ import annotations

from epochlint.expressions.values import UNKNOWN, Known
from epochlint.scripts import files
from epochlint.scripts.callables import Class, Function, Library, Module
from epochlint.scripts.containers import Mapping, Sequence
from epochlint.scripts.things import Datum, Opaque, Scalar, constant
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode
from epochlint.sources.interpolation import plain_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.knowledge.catalogue import Api
    from epochlint.scripts.arguments import Arguments
    from epochlint.scripts.machine import Machine
    from epochlint.scripts.scope import Scope
    from epochlint.scripts.sites import Site, Source
    from epochlint.sources.documents import Document, Node

DEEPEST_NODE = 40
DEEPEST_INHERITANCE = 6
# Keys by which a Python configuration names those that it is built on.
BASE_KEYS = ("_base_",)
WRITTEN = "as written"  # the property of a table that is the same table before anything is filled in


def load_file(machine: Machine, arguments: Arguments, site: Site) -> Datum | None:
    """Return what `yaml.safe_load(file)`, `json.load(file)` and the like give."""
    thing = arguments.positional[0] if arguments.positional else next(iter(arguments.named.values()), None)
    file = files.file_named(thing, site)
    if file is None or isinstance(thing, Scalar):
        return Opaque(site)
    return read(machine, file, site, numbers=False)


def load(machine: Machine, api: Api, receiver: Datum | None, arguments: Arguments, site: Site) -> Datum | None:
    """Return what a library's function gives that loads a configuration; None if it cannot be told."""
    name = api.positional[0] if api.positional else ""
    thing = arguments.get(0, name)
    numbers = any(given == "coerces" for given, _ in api.gives)
    if isinstance(thing, Mapping):
        loaded: Datum = thing
    else:
        file = files.file_named(thing, site)
        if file is None:
            return None
        loaded = read(machine, file, site, numbers=numbers)
    from epochlint.scripts.filling import fill_dataclasses

    filled = fill_dataclasses(machine, receiver, loaded, site)
    return filled if filled is not None else loaded


def read(machine: Machine, file: files.File, site: Site, *, numbers: bool) -> Datum:
    """Return a configuration file as a table; `numbers` for loaders that read `1e-4` as a number, unlike YAML 1.1."""
    document = _open(machine, file, site)
    if document is None:
        return Opaque(site, "the file is not in the repository")
    if document.root is None:
        return _python_config(machine, document, site) if document.tree is not None else Opaque(site)
    if numbers:
        machine.recorder.read_with_numbers[document.path] = None
    result = datum_of(machine, document, document.root, numbers, file.overridable)
    return with_interpolations(result) if numbers and isinstance(result, Mapping) else result


def with_interpolations(written: Mapping) -> Mapping:
    """Return a table with what its `${a.b}` stand for; it remembers how it is written, for what it is merged with."""
    made = _copied(written)
    _interpolate(made, made, 0)
    made.properties[WRITTEN] = written
    return made


def as_written(table: Mapping) -> Mapping:
    found = table.properties.get(WRITTEN)
    return found if isinstance(found, Mapping) else table


def _copied(table: Mapping) -> Mapping:
    entries = {key: _copied(value) if isinstance(value, Mapping) else value for key, value in table.entries.items()}
    made = Mapping(entries, table.site, table.complete)
    made.key_sites.update(table.key_sites)
    return made


def _open(machine: Machine, file: files.File, site: Site) -> Document | None:
    if file.path is None or not file.path or len(file.path) > 500:
        return None
    beside = site[0].path if isinstance(site, tuple) else ""
    document = machine.open_document(file.path, beside)
    if document is not None:
        place = files.File(None, file.named_at, file.named_at).place
        if place is not None:
            machine.recorder.reads.setdefault((document.path, place))
    return document


def datum_of(
    machine: Machine, document: Document, node: Node, numbers: bool, overridable: bool, depth: int = 0
) -> Datum:
    """Return a node of a configuration file as a thing, every number with its place in the file."""
    machine.fuel -= 1
    place = document.place(node.span)
    if depth > DEEPEST_NODE or machine.exhausted:
        return Opaque(place, "the analysis gave up")
    if isinstance(node, MappingNode):
        made = Mapping({}, place)
        for entry in node.entries:
            made.slots[entry.key] = datum_of(machine, document, entry.value, numbers, overridable, depth + 1)
            made.key_sites[entry.key] = document.place(entry.key_span)
        for key, value in made.slots.items():
            if isinstance(value, Scalar) and type(value.plain) in (int, float):
                value.label, value.key = str(key), ("file", place, key)
        return made
    if isinstance(node, SequenceNode):
        items = [datum_of(machine, document, item, numbers, overridable, depth + 1) for item in node.items]
        return Sequence("list", tuple(items), place)
    return _scalar(node, document, numbers, overridable)


def _scalar(node: ScalarNode, document: Document, numbers: bool, overridable: bool) -> Scalar:
    place = document.place(node.span)
    value = node.value
    if numbers and isinstance(value, str) and not node.quoted:
        try:
            value = float(value) if value[:1] in "+-.0123456789" and len(value) < 100 else value
        except ValueError:
            value = node.value
    made = Scalar(Known(value), place, "literal", None, "", overridable)
    if node.tag is not None and node.tag.startswith("!") and not node.tag.startswith("!!"):
        made.value = UNKNOWN
    return made


def _interpolate(table: Mapping, root: Mapping, depth: int) -> None:
    """Put in what `${a.b}` stands for; what cannot be found is unknown."""
    for key, value in tuple(table.slots.items()):
        if isinstance(value, Mapping) and depth < DEEPEST_NODE:
            _interpolate(value, root, depth + 1)
        elif isinstance(value, Scalar) and isinstance(value.plain, str) and "${" in value.plain:
            table.slots[key] = _resolved(value, root, 0)


def _resolved(value: Scalar, root: Mapping, depth: int) -> Datum:
    text = value.plain if isinstance(value.plain, str) else ""
    if text.startswith("${") and text.endswith("}") and text.count("${") == 1 and depth < 8:
        resolver, colon, arguments = text[2:-1].partition(":")
        path, comma, default = arguments.partition(",")
        found = _at(root, path if colon else resolver) if resolver == "oc.select" or not colon else None
        if isinstance(found, Scalar) and isinstance(found.plain, str) and "${" in found.plain:
            return _resolved(found, root, depth + 1)
        if found is not None:
            return found
        if comma and resolver in ("oc.env", "oc.select"):
            made = constant(plain_value(default.strip()), value.site, "environment" if "env" in resolver else "literal")
            made.overridable = True
            return made
    return Opaque(value.site, f"{text} is filled in later")


def _at(root: Mapping, path: str) -> Datum | None:
    found: Datum | None = root
    for part in path.strip().split("."):
        found = found.entries.get(part) if isinstance(found, Mapping) else None
    return found


def _python_config(machine: Machine, document: Document, site: Site, depth: int = 0) -> Datum:
    """Return the global names of a Python file that serves as a configuration, on top of those of its bases."""
    from epochlint.scripts.modules import load_document

    module = load_document(machine, document)
    if module is None:
        return Opaque(site)
    made = _on_bases(machine, document, module.scope, site, depth)
    if depth == 0 and isinstance(made, Mapping):
        from epochlint.scripts.registries import make_by_name

        make_by_name(machine, made)
    return made


def globals_of(machine: Machine, source: Source, scope: Scope) -> Mapping:
    """Return the global names of a script as a table, on top of those of the configurations it is built on."""
    made = _on_bases(machine, source.document, scope, None, 0)
    if isinstance(made, Mapping):
        return made
    return Mapping(_own_values(scope), document_place(source.document), complete=False)


def _own_values(scope: Scope) -> dict[str, Datum]:
    return {
        name: value
        for name, value in scope.slots.items()
        if isinstance(name, str) and not name.startswith("__") and _is_value(value)
    }


def _on_bases(machine: Machine, document: Document, scope: Scope, site: Site, depth: int) -> Datum:
    own = _own_values(scope)
    made = Mapping({}, document_place(document))
    base = own.pop("_base_", None)
    names = base.items if isinstance(base, Sequence) else (base,) if base is not None else ()
    for name in names:
        file = files.file_named(name, site)
        inner = machine.open_document(file.path, document.path) if file is not None and file.path else None
        if inner is None or inner.tree is None or depth >= DEEPEST_INHERITANCE:
            return Opaque(site, "a configuration it is built on is not in the repository")
        inherited = _python_config(machine, inner, site, depth + 1)
        if not isinstance(inherited, Mapping):
            return inherited
        merge_tables(made, inherited)
    merge_tables(made, Mapping(own, None))
    return made


def _is_value(value: object) -> bool:
    return isinstance(value, Datum) and not isinstance(value, Function | Class | Module | Library | files.File)


def document_place(document: Document) -> Site:
    from epochlint.places import Place

    return Place(document.path, 1, 1, 1, 1)


def merge_tables(target: Mapping, other: Mapping) -> None:
    """Put a table over another: tables in both are merged, unless the upper one says `_delete_=True`."""
    for key, value in other.entries.items():
        present = target.slots.get(key)
        deletes = value.slots.get("_delete_") if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and isinstance(present, Mapping) and deletes is None:
            merged = Mapping(present.entries, present.site, present.complete)
            merged.key_sites.update(present.key_sites)
            merge_tables(merged, value)
            merged.site = value.site
            target.slots[key] = merged
        else:
            target.slots[key] = value
        target.key_sites[key] = other.key_sites.get(key)
