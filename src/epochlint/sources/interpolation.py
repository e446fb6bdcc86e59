"""What stands for another value of the same file: `${a.b}` of OmegaConf, `!ref <a>` of HyperPyYAML.

The node is put in the place of what refers to it, so that a value has the place where it is written. What cannot be
told (a resolver that nobody knows, a variable of the environment without a default) stays as it is.
"""

from __future__ import annotations

from epochlint.records import replace
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode
from epochlint.sources.merging import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.sources.documents import Document, Node

DEEPEST = 12
_MARKS = ("${", "!ref")


def interpolated(document: Document) -> Document:
    """Return a document in which everything that refers to another value is that value."""
    if document.root is None or not any(mark in document.text for mark in _MARKS):
        return document
    return replace(document, root=resolved(document.root))


def resolved(root: Node) -> Node:
    return _Resolver(root).node(root, ())


class _Resolver:
    def __init__(self, root: Node) -> None:
        self.root = root

    def node(self, node: Node, path: tuple[str, ...]) -> Node:
        if isinstance(node, MappingNode):
            entries = [replace(one, value=self.node(one.value, (*path, one.key))) for one in node.entries]
            return replace(node, entries=tuple(entries))
        if isinstance(node, SequenceNode):
            items = [self.node(item, (*path, str(index))) for index, item in enumerate(node.items)]
            return replace(node, items=tuple(items))
        return self.scalar(node, path, 0)

    def scalar(self, node: ScalarNode, path: tuple[str, ...], depth: int) -> Node:
        target = self._target(node, path, depth)
        return node if target is None else target

    def _target(self, node: ScalarNode, path: tuple[str, ...], depth: int) -> Node | None:
        """Return what a scalar refers to; None if it refers to nothing, or nobody can tell to what."""
        text = node.value
        if not isinstance(text, str) or depth > DEEPEST:
            return None
        if node.tag == "!ref":
            inside = text.strip()
            whole = inside.startswith("<") and inside.endswith(">") and inside.count("<") == 1
            return self._found(inside[1:-1], depth) if whole else None
        if not text.startswith("${") or _closing(text) != len(text) - 1:
            return None
        inside = text[2:-1].strip()
        name, colon, arguments = inside.partition(":")
        if not colon:
            return self._found(_absolute(inside, path), depth)
        return self._by_resolver(name.strip(), arguments, node, depth)

    def _found(self, path: str | None, depth: int) -> Node | None:
        found = at(self.root, path) if path else None
        if isinstance(found, ScalarNode):
            inner = self.scalar(found, tuple((path or "").split(".")), depth + 1)
            return None if isinstance(inner, ScalarNode) and _refers(inner) else inner
        return found

    def _by_resolver(self, name: str, arguments: str, node: ScalarNode, depth: int) -> Node | None:
        first, comma, default = arguments.partition(",")
        if name == "oc.select":
            found = self._found(first.strip(), depth)
            if found is not None or at(self.root, first.strip()) is not None:
                return found
            return self._written(node, default.strip(), depth) if comma else None
        if name in ("oc.env", "env") and comma:
            return self._written(node, default.strip(), depth)
        return None

    def _written(self, node: ScalarNode, text: str, depth: int) -> Node | None:
        """Return a default as a value that stands where it is written."""
        value = replace(node, value=plain_value(text), text=text, quoted=text[:1] in ("'", '"'))
        if "${" in text:
            return self._target(value, (), depth + 1)
        return value


def _closing(text: str) -> int:
    """Return where the brace stands that closes the first one."""
    depth = 0
    for offset, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return offset
    return -1


def _absolute(path: str, here: tuple[str, ...]) -> str | None:
    """Return a path from the root; one that begins with dots is relative to the mapping that it stands in."""
    stripped = path.lstrip(".")
    up = len(path) - len(stripped)
    if not up:
        return path
    return ".".join((*here[: len(here) - up], stripped)) if up <= len(here) else None


def _refers(node: ScalarNode) -> bool:
    return isinstance(node.value, str) and ("${" in node.value or node.tag == "!ref")


def plain_value(text: str) -> int | float | bool | str | None:
    """Return a word of a command, or a default in an interpolation, as the value it stands for."""
    if text[:1] in ("'", '"') and text[-1:] == text[:1]:
        return text[1:-1]
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    words: dict[str, bool | None] = {"true": True, "false": False, "null": None}
    return words.get(text.lower(), text)
