"""Configuration files that name the file they are built on: `_BASE_: ../base.yaml`, also in a list, one over the
other."""

from __future__ import annotations

from epochlint.records import replace
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode
from epochlint.sources.merging import merged, root_of, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from epochlint.sources.documents import Document, Node

    # Opens a file of the repository that another file names: (name, path of the naming file) -> document
    OpenDocument: TypeAlias = Callable[[str, str], Document | None]

KEYS = ("_base_", "_BASE_", "base_config", "__base__", "_base", "base", "extends", "inherit_from")
DEEPEST = 8
_SUFFIXES = (".yaml", ".yml", ".json")


def on_bases(document: Document, open_document: OpenDocument) -> Document:
    """Return a document with everything that it inherits.

    The key stays where a base is not in the repository: then nobody knows what is missing.
    """
    root = _whole(document, open_document, (document.path,))
    return document if root is None else replace(document, root=root, parts=_files_in(root, document.path))


def _whole(document: Document, open_document: OpenDocument, above: tuple[str, ...]) -> MappingNode | None:
    """Return the root of a document on those of its bases that are there; None if it has none."""
    own = document.root
    key = next((key for key in KEYS if isinstance(own, MappingNode) and own.entry(key) is not None), "")
    names = _names(own.get(key)) if key and isinstance(own, MappingNode) else ()
    below: MappingNode | None = None
    complete = len(above) <= DEEPEST
    for name in names if complete else ():
        base = open_document(name, document.path)
        if base is None or base.path in above or not isinstance(base.root, MappingNode):
            complete = False
            continue
        inner = _whole(base, open_document, (*above, base.path)) or root_of(base)
        below = inner if below is None else merged(below, inner)
    if below is None:
        return None
    return merged(below, without(root_of(document), key) if complete else root_of(document))


def _names(node: Node | None) -> tuple[str, ...]:
    """Return the files that a value names; none if it names something else."""
    items = node.items if isinstance(node, SequenceNode) else (node,) if node is not None else ()
    names = [item.value for item in items if isinstance(item, ScalarNode) and isinstance(item.value, str)]
    return tuple(names) if len(names) == len(items) and all(name.endswith(_SUFFIXES) for name in names) else ()


def _files_in(node: Node, but: str) -> tuple[str, ...]:
    """Return the files that the values below a node are from, without one."""
    found: dict[str, None] = {}
    stack: list[Node] = [node]
    while stack:
        current = stack.pop()
        if current.span.path and current.span.path != but:
            found[current.span.path] = None
        if isinstance(current, MappingNode):
            stack.extend(entry.value for entry in current.entries)
        elif isinstance(current, SequenceNode):
            stack.extend(current.items)
    return tuple(sorted(found))
