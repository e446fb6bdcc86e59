"""Views of what a configuration file says."""

from __future__ import annotations

from epochlint.dialects.views import INSTANTIATIONS, View, Written
from epochlint.expressions.values import UNKNOWN, Known, Unknown, Value
from epochlint.records import replace
from epochlint.sources.documents import Document, Entry, MappingNode, Node, ScalarNode, SequenceNode

# A name is that of a class only where its arguments stand beside it.
_NAMED = (("name", "kwargs"),)


class NodeView(View):
    """A value of a configuration file. A mapping that names a class shows the arguments of that class as its parts."""

    def __init__(self, document: Document, node: Node, key: Entry | None = None) -> None:
        self.document = document
        self.node = node
        self.key = key
        self.place = document.place(key.key_span if key else node.span)

    def _arguments(self) -> MappingNode | None:
        node = self.node
        if not isinstance(node, MappingNode):
            return None
        for _, inside in (*INSTANTIATIONS, *_NAMED):
            arguments = node.get(inside) if inside else None
            if isinstance(arguments, MappingNode):
                return arguments
        return node

    def part(self, name: str) -> View | None:
        for mapping in (self._arguments(), self.node):
            entry = mapping.entry(name) if isinstance(mapping, MappingNode) else None
            if entry is not None:
                return NodeView(self.document, entry.value, entry)
        return None

    def names(self) -> tuple[str, ...]:
        arguments = self._arguments()
        return arguments.keys() if arguments else ()

    def flattened(self) -> View:
        """Put the keys of all sections at the root; of those that stand there again the last one counts."""
        if not isinstance(self.node, MappingNode):
            return self
        entries: list[Entry] = []
        for entry in self.node.entries:
            entries.extend(entry.value.entries if isinstance(entry.value, MappingNode) else (entry,))
        return NodeView(self.document, replace(self.node, entries=tuple(entries)), self.key)

    def elements(self) -> tuple[View, ...] | None:
        if not isinstance(self.node, SequenceNode):
            return None
        return tuple(NodeView(self.document, item) for item in self.node.items)

    def written(self) -> Written:
        node, place = self.node, self.document.place(self.node.span)
        if isinstance(node, ScalarNode):
            value: Value = Unknown(f"{node.text} is filled in later") if is_template(node) else Known(node.value)
            return Written(value, place, self.place, "literal", node.text, False, node)
        if isinstance(node, SequenceNode):
            plain = tuple(item.value for item in node.items if isinstance(item, ScalarNode) and not is_template(item))
            known = Known(plain) if len(plain) == len(node.items) else UNKNOWN
            return Written(known, place, self.place, "literal", "", False, node)
        return Written(UNKNOWN, place, self.place, "literal", "", False, node)

    @property
    def complete(self) -> bool:
        return not (isinstance(self.node, ScalarNode) and is_template(self.node))

    @property
    def types(self) -> tuple[str, ...]:
        if not isinstance(self.node, MappingNode):
            return ()
        for key, inside in (*INSTANTIATIONS, *_NAMED):
            named = self.node.get(key)
            if (key, inside) in _NAMED and not isinstance(self.node.get(inside), MappingNode):
                continue
            if isinstance(named, ScalarNode) and isinstance(named.value, str):
                return (named.value,)
        tag = self.node.tag or ""
        if tag.startswith("!") and not tag.startswith("!!"):
            return (tag[1:],)  # `!CosineDecay {max_epochs: 36}`
        return _registered(self.node)


def _registered(node: MappingNode) -> tuple[str, ...]:
    """Return the name that a key such as `@schedules` gives, without the version of what is meant."""
    for entry in node.entries:
        if entry.key.startswith("@") and isinstance(entry.value, ScalarNode) and isinstance(entry.value.value, str):
            name, _, version = entry.value.value.rpartition(".v")
            return (name if name and version.isdigit() else entry.value.value,)
    return ()


def is_template(node: ScalarNode) -> bool:
    """Tell whether a text is a placeholder that something fills in: an interpolation, a Jinja or shell variable."""
    return isinstance(node.value, str) and ("${" in node.value or "{{" in node.value or node.tag not in (None, "!!str"))
