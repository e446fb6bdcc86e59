"""Configuration files laid over each other: every value keeps the place where it is written, whatever file that is."""

from __future__ import annotations

from epochlint.records import replace
from epochlint.sources.documents import Entry, MappingNode, ScalarNode, SequenceNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.places import Span
    from epochlint.sources.documents import Document, Node

EMPTY = ()


def located(node: Node, path: str) -> Node:
    """Return a node whose spans say in which file they are."""
    span = _in_file(node.span, path)
    if isinstance(node, MappingNode):
        entries = tuple([
            Entry(one.key, _in_file(one.key_span, path), located(one.value, path), one.inherited)
            for one in node.entries
        ])  # fmt: skip
        return MappingNode(entries, span, node.tag)
    if isinstance(node, SequenceNode):
        return SequenceNode(tuple([located(item, path) for item in node.items]), span, node.tag)
    return replace(node, span=span)


def _in_file(span: Span, path: str) -> Span:
    return span if span.path else replace(span, path=path)


def root_of(document: Document) -> MappingNode:
    """Return the root of a document as a mapping whose spans know their file; an empty one for anything else."""
    from epochlint.places import Span

    if isinstance(document.root, MappingNode):
        node = located(document.root, document.path)
        if isinstance(node, MappingNode):
            return node
    return MappingNode((), Span(1, 1, 1, 1, document.path))


def merged(lower: MappingNode, upper: MappingNode) -> MappingNode:
    """Return two mappings as one: what both have is merged if these are mappings, else the upper one's counts."""
    entries = {entry.key: entry for entry in lower.entries}
    for entry in upper.entries:
        below = entries.get(entry.key)
        value = entry.value
        if below is not None and isinstance(value, MappingNode) and isinstance(below.value, MappingNode):
            entry = replace(entry, value=merged(below.value, value))
        entries[entry.key] = entry
    return MappingNode(tuple(entries.values()), upper.span, upper.tag)


def without(node: MappingNode, *keys: str) -> MappingNode:
    return replace(node, entries=tuple(entry for entry in node.entries if entry.key not in keys))


def under(package: str, node: MappingNode) -> MappingNode:
    """Return a mapping that holds a node at a dotted path."""
    for name in reversed([part for part in package.split(".") if part]):
        node = MappingNode((Entry(name, node.span, node),), node.span)
    return node


def at(node: Node | None, path: str) -> Node | None:
    """Return the node at a dotted path, `a.b.0` or `a.b[0]`; None if there is none."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(node, MappingNode):
            node = node.get(part)
        elif isinstance(node, SequenceNode) and part.isdigit() and int(part) < len(node.items):
            node = node.items[int(part)]
        else:
            return None
    return node


def with_value(node: MappingNode, path: list[str], value: Node) -> MappingNode:
    """Return a mapping with one value changed or added."""
    head, *rest = path
    current = node.get(head)
    if rest:
        inner = current if isinstance(current, MappingNode) else MappingNode((), value.span)
        value = with_value(inner, rest, value)
    entry = Entry(head, value.span, value)
    if current is None:
        return replace(node, entries=(*node.entries, entry))
    return replace(node, entries=tuple(replace(one, value=value) if one.key == head else one for one in node.entries))


def numbers_read(node: Node) -> Node:
    """Return a node in which `1e-4` is a number, as loaders have it that are stricter than YAML 1.1."""
    if isinstance(node, MappingNode):
        return replace(node, entries=tuple([replace(one, value=numbers_read(one.value)) for one in node.entries]))
    if isinstance(node, SequenceNode):
        return replace(node, items=tuple([numbers_read(item) for item in node.items]))
    return _as_number(node)


def _as_number(node: ScalarNode) -> ScalarNode:
    text = node.value
    if not isinstance(text, str) or node.quoted or text[:1] not in tuple("+-.0123456789") or len(text) > 100:
        return node
    if "e" not in text.lower() or "_" in text:
        return node
    try:
        return replace(node, value=float(text))
    except ValueError:
        return node
