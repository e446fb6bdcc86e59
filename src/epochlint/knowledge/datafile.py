"""A data file as plain values, of which each part knows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from epochlint.expressions.language import ExpressionError, parse
from epochlint.knowledge.errors import CatalogueError, inside_of
from epochlint.knowledge.schema import problem_with
from epochlint.sources.documents import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from epochlint.expressions.language import Expression
    from epochlint.places import Span

Keys = tuple["str | int", ...]

LARGEST = 1 << 20  # bytes


class DataFile:
    """One YAML file of the catalogue, read and checked against the schema of its kind."""

    def __init__(self, path: str, kind: str, root: Node) -> None:
        self.path = path
        self.kind = kind
        self.root = root
        data = self._plain(root, ())
        problem = problem_with(kind, data)
        if problem is not None:
            keys, message, at_key = problem
            raise self.error(keys, message, at_key=at_key)
        self.top = Part(self, (), data)

    @property
    def name(self) -> str:
        """The file's name without folder and `.yaml`."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    def error(self, keys: Keys, message: str, column: int = 0, at_key: bool = False) -> CatalogueError:
        """Make the error about the part at `keys`; `column` counts inside a text that stands on one line."""
        span = self._span(keys, at_key)
        node = self._node(keys)
        start = span.column
        if column and isinstance(node, ScalarNode) and node.span.line == node.span.end_line:
            start += column - 1 + int(node.quoted)
        return CatalogueError(self.path, message, span.line, start, inside_of(keys))

    def _node(self, keys: Keys) -> Node | None:
        node: Node | None = self.root
        for key in keys:
            if isinstance(node, MappingNode):
                node = node.get(str(key))
            elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.items):
                node = node.items[key]
            else:
                return None
        return node

    def _span(self, keys: Keys, at_key: bool) -> Span:
        """Return where the part stands; its key where that is meant, or where the value spans several lines."""
        parent = self._node(keys[:-1]) if keys else None
        node = self._node(keys)
        if isinstance(parent, MappingNode):
            entry = parent.entry(str(keys[-1]))
            if entry is not None and (at_key or node is None or not isinstance(node, ScalarNode)):
                return entry.key_span
        return (node or self.root).span

    def _plain(self, node: Node, keys: Keys) -> Any:
        if isinstance(node, MappingNode):
            seen: dict[str, Any] = {}
            for entry in node.entries:
                if entry.key in seen and not entry.inherited:
                    span = entry.key_span
                    inside = inside_of((*keys, entry.key))
                    raise CatalogueError(self.path, "this key stands there twice", span.line, span.column, inside)
                seen[entry.key] = self._plain(entry.value, (*keys, entry.key))
            return seen
        if isinstance(node, SequenceNode):
            return [self._plain(item, (*keys, index)) for index, item in enumerate(node.items)]
        return self._plain_scalar(node, keys)

    def _plain_scalar(self, node: ScalarNode, keys: Keys) -> Any:
        """Read a scalar without the traps of YAML 1.1: `no` is no boolean here, and `1e-4` is a number."""
        if node.quoted or node.tag is not None:
            return node.value
        if isinstance(node.value, bool) and node.text.lower() not in ("true", "false"):
            raise self.error(
                keys, f"YAML reads {node.text} as {str(node.value).lower()}; put it in quotes, or write true or false"
            )
        if isinstance(node.value, str) and node.text[:1] in "+-.0123456789" and "e" in node.text.lower():
            try:
                return float(node.text)
            except ValueError:
                return node.value
        return node.value


class Part:
    """A value inside a data file: reads its own parts in the forms that all kinds of files share."""

    __slots__ = ("file", "keys", "value")

    def __init__(self, file: DataFile, keys: Keys, value: Any) -> None:
        self.file = file
        self.keys = keys
        self.value = value

    def error(self, message: str, column: int = 0, at_key: bool = False) -> CatalogueError:
        return self.file.error(self.keys, message, column, at_key)

    def get(self, key: str) -> Part | None:
        """Return the part at a key; None if it is not there or null."""
        if not isinstance(self.value, dict) or self.value.get(key) is None:
            return None
        return Part(self.file, (*self.keys, key), self.value[key])

    def entries(self) -> Iterator[tuple[str, Part]]:
        """Yield the entries of a mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Part(self.file, (*self.keys, key), value)

    def each(self) -> Iterator[Part]:
        """Yield the elements of a list, or the one thing itself."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Part(self.file, (*self.keys, index), value)
        else:
            yield self

    def each_of(self, key: str) -> Iterator[Part]:
        part = self.get(key)
        if part is not None:
            yield from part.each()

    def entries_of(self, key: str) -> Iterator[tuple[str, Part]]:
        part = self.get(key)
        if part is not None:
            yield from part.entries()

    def text(self, key: str, default: str = "") -> str:
        part = self.get(key)
        return default if part is None else str(part.value).strip()

    def flag(self, key: str, default: bool = False) -> bool:
        part = self.get(key)
        return default if part is None else bool(part.value)

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(str(part.value) for part in self.each_of(key))

    def versions(self) -> tuple[tuple[str, str], ...]:
        return tuple((package, str(part.value)) for package, part in self.entries_of("versions"))

    def expression(self) -> Expression:
        """Parse this value as a formula; a wrong one is an error at its place."""
        text = source_of(self.value)
        try:
            return parse(text)
        except ExpressionError as error:
            shown = text if len(text) <= 80 else text[:77] + "..."
            raise self.error(f"{error.message} (column {error.column} of {shown!r})", error.column) from None

    def expression_of(self, key: str) -> Expression | None:
        part = self.get(key)
        return part.expression() if part is not None else None


def source_of(value: Any) -> str:
    """Write a YAML value as the source of a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str(value).split()) if isinstance(value, str) and "\n" in value else str(value).strip()
