"""Configuration files on top of those that they name as their bases: mappings are merged, the upper one wins."""

from __future__ import annotations

from epochlint.dialects.node_views import NodeView
from epochlint.dialects.recognition import BASES
from epochlint.dialects.views import View
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from epochlint.sources.documents import Document, Entry, Node

DEEPEST = 6


class OnBase(NodeView):
    """A mapping on top of another one; `whole` if no base further down is missing."""

    def __init__(self, document: Document, node: Node, below: NodeView, key: Entry | None = None) -> None:
        super().__init__(document, node, key)
        self.below = below
        self.whole = True

    def part(self, name: str) -> View | None:
        upper, lower = super().part(name), self.below.part(name)
        if not isinstance(upper, NodeView) or not isinstance(lower, NodeView):
            return upper if upper is not None else lower
        if isinstance(upper.node, MappingNode) and isinstance(lower.node, MappingNode):
            return OnBase(upper.document, upper.node, lower, upper.key)
        return upper

    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.below.names(), *super().names())))


def on_bases(
    document: Document, root: MappingNode, open_document: Callable[[str, str], Document | None], depth: int = 0
) -> NodeView:
    """Return a configuration on top of those of its bases that are there."""
    named = root.get(BASES)
    items = named.items if isinstance(named, SequenceNode) else (named,) if named is not None else ()
    below: NodeView | None = None
    whole = True
    for item in items:
        name = item.value if isinstance(item, ScalarNode) and isinstance(item.value, str) else ""
        base = open_document(name, document.path) if name and depth < DEEPEST else None
        if base is None or not isinstance(base.root, MappingNode):
            whole = False
            continue
        inherited = on_bases(base, base.root, open_document, depth + 1)
        whole = whole and is_whole(inherited)
        below = inherited if below is None else _over(inherited, below)
    if below is None:
        return NodeView(document, root)
    made = OnBase(document, root, below)
    made.whole = whole
    return made


def is_whole(root: NodeView) -> bool:
    """Tell whether every base of a configuration was found."""
    if isinstance(root, OnBase):
        return root.whole
    return not isinstance(root.node, MappingNode) or root.node.entry(BASES) is None


def _over(upper: NodeView, lower: NodeView) -> NodeView:
    """Put a configuration, with all that it is built on, over another one."""
    below = _over(upper.below, lower) if isinstance(upper, OnBase) else lower
    return OnBase(upper.document, upper.node, below, upper.key)
