"""Checking a data file against the JSON Schema of its kind, and saying in plain words what is wrong."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema import Draft202012Validator, ValidationError

Keys = tuple["str | int", ...]

_validators: dict[str, Draft202012Validator] = {}

_MOST = 100  # errors that are looked at: a file may have any number of them

_TYPE_NAMES = {
    "object": "a mapping", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "null": "null",
}  # fmt: skip


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of data file: framework, schedule, api, rule."""
    import json
    from os.path import dirname, join

    with open(join(dirname(__file__), "schemas", f"{kind}.json"), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def problem_with(kind: str, data: object) -> tuple[Keys, str, bool] | None:
    """Return where the data break the schema, what is wrong, and whether the key itself is meant; None if all is well.

    Of several errors the deepest is returned: it is closest to what somebody mistyped.
    """
    errors = list(islice(_validator(kind).iter_errors(data), _MOST))
    if not errors:
        return None
    found = [_in_words(error) for error in errors]
    deepest = max(len(keys) for keys, _, _ in found)
    order = {"required": 1}
    best = min(
        (index for index, (keys, _, _) in enumerate(found) if len(keys) == deepest),
        key=lambda index: (order.get(str(errors[index].validator), 0), index),
    )
    return found[best]


def _validator(kind: str) -> Draft202012Validator:
    known = _validators.get(kind)
    if known is None:
        from jsonschema import Draft202012Validator

        known = _validators[kind] = Draft202012Validator(schema_of(kind))
    return known


def _in_words(error: ValidationError) -> tuple[Keys, str, bool]:
    keys: Keys = tuple(error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if "propertyNames" in error.absolute_schema_path:
        return (*keys, str(instance)), _about_value(error), True
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        known = list(schema["properties"])
        extra = next(key for key in instance if key not in known)
        return (*keys, extra), f"unknown key{_suggestion(extra, known)}; known are {', '.join(known)}", True
    if error.validator == "required":
        missing = next(key for key in wanted if key not in instance)
        return keys, f"{missing!r} is missing", False
    return keys, _about_value(error), False


def _about_value(error: ValidationError) -> str:
    value: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "enum":
        choices = [str(choice) for choice in wanted]
        return f"{_shown(value)} is not one of {', '.join(choices)}{_suggestion(value, choices)}"
    about = schema.get("description", "") if isinstance(schema, dict) else ""
    if error.validator == "type":
        types = [wanted] if isinstance(wanted, str) else wanted
        names = " or ".join(_TYPE_NAMES[name] for name in types)
        hint = f" ({about})" if about else ""
        return f"{_shown(value)} should be {names}{hint}"
    if error.validator == "pattern":
        return f"{_shown(value)} should be {about or 'of another form'}"
    if error.validator in ("minItems", "minLength", "minProperties"):
        return "must not be empty"
    if error.validator == "uniqueItems":
        return "has the same entry twice"
    if error.validator == "minimum":
        return f"{_shown(value)} should be at least {wanted}"
    return error.message


def _shown(value: object) -> str:
    text = {True: "true", False: "false", None: "null"}.get(value) if isinstance(value, bool | None) else None
    if text is None:
        text = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _suggestion(value: object, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(str(value), list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close and close[0] != value else ""
