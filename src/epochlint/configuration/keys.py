"""The keys of our own configuration, and what each of them takes."""

from __future__ import annotations

from epochlint.errors import UsageError, did_you_mean
from epochlint.sources.documents import MappingNode, ScalarNode, SequenceNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from epochlint.configuration.options import Policy
    from epochlint.places import Span
    from epochlint.sources.documents import Node

FAIL_ON = ("warning", "error")


class Reader:
    """Reads values of the configuration file; what is wrong is a UsageError with file and line."""

    def __init__(self, path: str, folder: str) -> None:
        self.path = path
        self.folder = folder

    def options(self, table: MappingNode) -> dict[str, Any]:
        """Return the fields of `Options` that a table gives."""
        fields: dict[str, Any] = {}
        for entry in table.entries:
            known = KEYS.get(entry.key)
            if known is None:
                listed = ", ".join(KEYS)
                raise self.error(
                    entry.key_span, f"unknown key {entry.key!r}{did_you_mean(entry.key, KEYS)}; known are {listed}"
                )
            field, read = known
            value = read(self, entry.key, entry.value)
            fields[field] = (*fields[field], *value) if field in fields else value
        return fields

    def error(self, span: Span, message: str) -> UsageError:
        return UsageError(f"{self.origin(span)}: {message}")

    def origin(self, span: Span) -> str:
        return f"{self.path}:{span.line}"

    # --- forms ------------------------------------------------------------------------------------------------------

    def flag(self, key: str, node: Node) -> bool:
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        raise self.error(node.span, f"{key} should be true or false")

    def severity(self, key: str, node: Node) -> str:
        if isinstance(node, ScalarNode) and node.value in FAIL_ON:
            return str(node.value)
        shown = str(node.value) if isinstance(node, ScalarNode) else ""
        raise self.error(node.span, f"{key} should be {' or '.join(FAIL_ON)}{did_you_mean(shown, FAIL_ON)}")

    def texts(self, key: str, node: Node) -> tuple[str, ...]:
        return tuple(text for text, _ in self.words(key, node))

    def folders(self, key: str, node: Node) -> tuple[str, ...]:
        """Read a list of folders, which count from the folder of the configuration file."""
        import os

        found = []
        for text, origin in self.words(key, node):
            folder = os.path.join(self.folder, text)
            if not os.path.isdir(folder):
                raise UsageError(f"{origin}: there is no folder {text!r}")
            found.append(folder)
        return tuple(found)

    def words(self, key: str, node: Node) -> tuple[tuple[str, str], ...]:
        """Read a list of texts, each with where it stands."""
        if not isinstance(node, SequenceNode):
            raise self.error(node.span, f"{key} should be a list of texts")
        found = []
        for item in node.items:
            if not isinstance(item, ScalarNode) or not isinstance(item.value, str) or not item.value.strip():
                raise self.error(item.span, f"{key} should be a list of texts")
            found.append((item.value, f"{self.origin(item.span)}: {key}"))
        return tuple(found)

    def assumed(self, key: str, node: Node) -> tuple[tuple[str, str, str], ...]:
        """Read a table of names and values."""
        return tuple(
            (name, self._value(key, name, value), self.origin(value.span)) for name, value in self._table(key, node)
        )

    def policies(self, key: str, node: Node) -> tuple[Policy, ...]:
        """Read a table of names and what a team wants of each: `{min, max, required, because}`."""
        from epochlint.configuration.policies import policy

        return tuple(policy(self, f"{key}.{name}", name, value) for name, value in self._table(key, node))

    def packs(self, key: str, node: Node) -> tuple[str, ...]:
        """Read a list of installed rule packs, as the folders in which they are."""
        from epochlint.configuration.packages import folder_of

        return tuple(folder_of(name, origin) for name, origin in self.words(key, node))

    def words_by_pattern(self, key: str, node: Node) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        return tuple((pattern, self.words(key, value)) for pattern, value in self._table(key, node))

    def assumed_by_pattern(self, key: str, node: Node) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
        return tuple((pattern, self.assumed(f"{key}.{pattern!r}", value)) for pattern, value in self._table(key, node))

    def _table(self, key: str, node: Node) -> Iterator[tuple[str, Node]]:
        if not isinstance(node, MappingNode):
            raise self.error(node.span, f"{key} should be a table")
        for entry in node.entries:
            yield entry.key, entry.value

    def _value(self, key: str, name: str, node: Node) -> str:
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return repr(value)
        if isinstance(value, str):
            return value
        hint = f'; quote a name with dots: {key}."{name}.…"' if isinstance(node, MappingNode) else ""
        raise self.error(node.span, f"{key}.{name} should be a number, a text, true or false{hint}")


# Key: the field of `Options`, and how its value is read.
KEYS: dict[str, tuple[str, Callable[[Reader, str, Node], Any]]] = {
    "select": ("select", Reader.words),
    "extend-select": ("extend_select", Reader.words),
    "ignore": ("ignore", Reader.words),
    "exclude": ("exclude", Reader.texts),
    "assume": ("assume", Reader.assumed),
    "per-file-ignores": ("per_file_ignores", Reader.words_by_pattern),
    "per-file-assume": ("per_file_assume", Reader.assumed_by_pattern),
    "fail-on": ("fail_on", Reader.severity),
    "strict": ("strict", Reader.flag),
    "show-notes": ("show_notes", Reader.flag),
    "require-run": ("require_run", Reader.flag),
    "rule-paths": ("rule_packs", Reader.folders),
    "rule-packs": ("rule_packs", Reader.packs),
    "policies": ("policies", Reader.policies),
}
