"""Training settings that a configuration file declares under names that people give them."""

from __future__ import annotations

from epochlint.declared.meaning import Meaning
from epochlint.declared.setting import Declared, Named
from epochlint.declared.telling import FLAGS, number_of, trains
from epochlint.declared.words import spelled
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from epochlint.places import Place
    from epochlint.sources.documents import Document, Entry, Node

_DEEPEST = 30


def declared_in_configuration(document: Document, vocabulary: dict[str, Any]) -> tuple[Declared, ...]:
    """Return the settings of a file in its order; what stands in other files that it is made of is theirs."""
    if not vocabulary or not isinstance(document.root, MappingNode):
        return ()
    holders = frozenset(vocabulary.get("holders", ()))
    entries = list(_entries(document.root, (), holders))
    meaning = Meaning(vocabulary, trains(vocabulary, (entry.key for _, entry, _ in entries)), ())
    found = []
    for around, entry, siblings in entries:
        node = _held(entry.value, holders)
        place = document.place(entry.key_span if node is not entry.value else entry.value.span)
        if isinstance(node, ScalarNode) and place.path == document.path and not entry.inherited:
            one = _declared(meaning, Named(entry.key, "key", around), node, siblings, place)
            if one is not None:
                found.append(one)
    return tuple(found)


def _entries(
    node: Node, around: tuple[str, ...], holders: frozenset[str], depth: int = 0
) -> Iterator[tuple[tuple[str, ...], Entry, frozenset[str]]]:
    """Yield each key with the sections around it, the nearest first, and the names beside it."""
    if depth > _DEEPEST:
        return
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _entries(item, around, holders, depth + 1)
    if isinstance(node, MappingNode):
        siblings = frozenset(spelled(entry.key) for entry in node.entries)
        for entry in node.entries:
            yield around, entry, siblings
            if _held(entry.value, holders) is entry.value:
                yield from _entries(entry.value, (entry.key, *around), holders, depth + 1)


def _held(node: Node, holders: frozenset[str]) -> Node:
    """Return the value inside `epochs: {value: 200}`, and any other value as it is."""
    if isinstance(node, MappingNode):
        for holder in holders:
            inner = node.get(holder)
            if isinstance(inner, ScalarNode):
                return inner
    return node


def _declared(
    meaning: Meaning, name: Named, node: ScalarNode, siblings: frozenset[str], place: Place
) -> Declared | None:
    if isinstance(node.value, str):
        counted = meaning.duration(name, node.value)
        if counted is not None:
            return Declared(counted[0], name.name, counted[1], node.text, place, "literal", name.how)
    value = node.value if isinstance(node.value, bool) else number_of(node.value)
    quantity = meaning.quantity(name, "", siblings) if value is not None else ""
    if value is None or not quantity or isinstance(value, bool) is not (quantity in FLAGS):
        return None
    quantity = meaning.number(quantity, value, name.how)
    return Declared(quantity, name.name, value, node.text, place, "literal", name.how) if quantity else None
