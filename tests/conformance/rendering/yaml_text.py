"""YAML that every YAML 1.1 reader types as we mean it: floats keep their dot, strings their quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cases import Skip, scalar


def yaml_text(mapping: Mapping[str, object], indent: int = 0) -> str:
    """Return a mapping as block YAML, without a line break at its end."""
    lines = []
    for key, value in mapping.items():
        text = _value(value, indent + 1)
        lines.append(f"{'  ' * indent}{key}:" + (text if text.startswith("\n") else " " + text))
    return "\n".join(lines)


def _value(value: object, indent: int = 0) -> str:
    if isinstance(value, float):
        text = repr(value)
        return text.replace("e", ".0e") if "e" in text and "." not in text.split("e")[0] else text
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        if all(scalar(one) or one is None for one in value):
            return "[" + ", ".join(_value(one) for one in value) + "]"
        return "\n" + "\n".join(_item(one, "  " * indent) for one in value)
    if isinstance(value, dict):
        return "\n" + yaml_text(value, indent) if value else "{}"
    raise Skip(f"no YAML for {type(value).__name__}")


def _item(value: object, pad: str) -> str:
    first, *others = _value(value).lstrip("\n").split("\n")
    return f"{pad}- {first}" + "".join(f"\n{pad}  {line}" for line in others)
