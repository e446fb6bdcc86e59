"""Which framework a document speaks: by the keys of a configuration, the calls of a script (`script_recognition`), or
the options of a command (`command_recognition`); never by a file name."""

from __future__ import annotations

from epochlint.dialects.node_views import NodeView
from epochlint.dialects.views import View
from epochlint.records import record
from epochlint.sources.documents import MappingNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.knowledge.catalogue import Framework, Signature

# Keys by which a configuration says that another file completes it; what is absent in it may stand there.
INHERITING = ("_base_", "_BASE_", "base_config", "defaults", "__base__", "_base", "base")

_CONFIG_KINDS = ("yaml", "json", "toml")


@record
class Anchor:
    """What a run hangs on: the view that holds its options, and why it was taken for one."""

    framework: str
    signature: Signature
    view: View
    evidence: str
    weight: int = 0
    called: str = ""  # the last part of the name of the call
    under: str = ""  # in a configuration: the dotted path of the section that holds the options


def anchors_in_config(root: NodeView, frameworks: tuple[Framework, ...]) -> tuple[Anchor, ...]:
    """Return the anchors of a configuration file: those signatures of which most keys are there.

    Where several frameworks' signatures match equally well, all are returned: nobody may decide between them here.
    """
    whole = best_anchors(root.document.kind, root, frameworks, "has the keys")
    if whole:
        return whole
    # Many projects keep the options of the framework in a section of their own file.
    sections = (
        best_anchors(root.document.kind, section, frameworks, f"has a section {name} with the keys", name)
        for name, section in _sections(root)
    )
    return tuple(anchor for anchors in sections for anchor in anchors)


def best_anchors(
    kind: str, root: View, frameworks: tuple[Framework, ...], because: str, name: str = ""
) -> tuple[Anchor, ...]:
    """Return an anchor for each framework of whose signatures most keys are there: two signatures of one framework for
    the same options are one run. `because` begins its evidence, `name` is that of the section that is looked at."""
    found = []
    for framework in frameworks:
        for signature in framework.signatures:
            if kind not in (signature.kinds or _CONFIG_KINDS):
                continue
            looked_at = root.flattened() if signature.flattened else root
            matched, view = weight(looked_at, signature), _down(looked_at, signature.root)
            if matched and view is not None:
                keys = ", ".join(signature.keys_all or signature.keys_any)
                under = ".".join(part for part in (name, signature.root) if part)
                found.append(Anchor(framework.name, signature, view, f"{because} {keys}", matched, under=under))
    best = max((anchor.weight for anchor in found), default=0)
    kept: dict[tuple[str, str], Anchor] = {}
    for anchor in found:
        if anchor.weight == best:
            kept.setdefault((anchor.framework, anchor.under), anchor)
    return tuple(kept.values())


def _sections(root: NodeView) -> Iterator[tuple[str, NodeView]]:
    """Yield the mappings one level below the root."""
    for name in root.names():
        part = root.part(name)
        if isinstance(part, NodeView) and isinstance(part.node, MappingNode):
            yield name, part


def keys_of(root: NodeView) -> tuple[str, ...]:
    """Return the keys that may tell a dialect: those of the root, and of its sections."""
    return tuple(dict.fromkeys((*root.names(), *(key for _, section in _sections(root) for key in section.names()))))


def weight(root: View, signature: Signature) -> int:
    """Return how many keys of a signature are there; 0 where it does not match."""
    if not (signature.keys_all or signature.keys_any):
        return 0
    if any(_down(root, key) is None for key in signature.keys_all):
        return 0
    if any(_down(root, key) is not None for key in signature.keys_none):
        return 0
    some = sum(_down(root, key) is not None for key in signature.keys_any)
    if signature.keys_any and not some:
        return 0
    return len(signature.keys_all) + some


def _down(view: View, path: str) -> View | None:
    inner: View | None = view
    for part in path.split(".") if path else ():
        inner = inner.part(part) if inner is not None else None
    return inner


def inherits(root: NodeView) -> bool:
    """Tell whether a file that is not at hand completes this configuration, so that an absent key says nothing."""
    node = root.node
    return isinstance(node, MappingNode) and any(node.entry(key) is not None for key in INHERITING)
