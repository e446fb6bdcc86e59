"""Policies: what a team wants of the numbers of its runs, without a rule file."""

from __future__ import annotations

from epochlint.errors import did_you_mean
from epochlint.sources.documents import MappingNode, ScalarNode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from epochlint.configuration.keys import Reader
    from epochlint.configuration.options import Policy
    from epochlint.sources.documents import Node

BOUNDS = ("min", "max")
WORDS = (*BOUNDS, "required", "because")


def policy(reader: Reader, key: str, name: str, node: Node) -> Policy:
    """Read `{min, max, required, because}`; what is wrong is a UsageError with file and line."""
    if not isinstance(node, MappingNode):
        raise reader.error(node.span, f"{key} should be a table such as {{max = 4096}} or {{required = true}}")
    said: dict[str, int | float | bool | str] = {}
    for entry in node.entries:
        if entry.key not in WORDS:
            hint = did_you_mean(entry.key, WORDS)
            if isinstance(entry.value, MappingNode) and not hint:
                hint = f'; quote a name with dots: policies."{name}.{entry.key}"'
            raise reader.error(
                entry.key_span, f"unknown key {entry.key!r} in {key}{hint}; known are {', '.join(WORDS)}"
            )
        said[entry.key] = _value(reader, f"{key}.{entry.key}", entry.key, entry.value)
    least, most = (value if isinstance(value := said.get(bound), int | float) else None for bound in BOUNDS)
    required = said.get("required") is True
    if least is None and most is None and not required:
        raise reader.error(node.span, f"{key} should have a min, a max or required = true")
    if least is not None and most is not None and least > most:
        raise reader.error(node.span, f"{key}: no number is at least {least} and at most {most}")
    return (name, least, most, required, str(said.get("because", "")), reader.origin(node.span))


def _value(reader: Reader, key: str, word: str, node: Node) -> int | float | bool | str:
    value = node.value if isinstance(node, ScalarNode) else None
    if word in BOUNDS:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        raise reader.error(node.span, f"{key} should be a number")
    if word == "required":
        return reader.flag(key, node)
    if isinstance(value, str):
        return value
    raise reader.error(node.span, f"{key} should be a text")
