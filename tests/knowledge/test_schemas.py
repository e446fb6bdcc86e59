"""The schemas are valid, closed, and speak of the same words as the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from epochlint.knowledge import catalogue, rule
from epochlint.knowledge.quantities import COUNTERS, QUANTITIES
from epochlint.knowledge.schema import schema_of

KINDS = ("framework", "schedule", "api", "launcher", "vocabulary", "rule")


def subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            yield from subschemas(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from subschemas(value, f"{path}/{index}")


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_valid(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_no_mapping_takes_unknown_keys(kind: str) -> None:
    for path, schema in subschemas(schema_of(kind)):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            assert "additionalProperties" in schema, path
            if "propertyNames" not in schema:
                assert schema["additionalProperties"] is False, path


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described(kind: str) -> None:
    schema = schema_of(kind)
    definitions = schema["$defs"]
    for path, one in subschemas(schema):
        if path.endswith("/properties"):
            for key, value in one.items():
                target = definitions[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
                assert {"description", "enum"} & (value.keys() | target.keys()), f"{path}/{key}"


def test_schema_lists_the_canonical_quantities() -> None:
    definitions = schema_of("framework")["$defs"]
    assert definitions["quantity"]["enum"] == list(QUANTITIES)
    assert definitions["formulaEntry"]["propertyNames"]["enum"] == ["if", "versions", *QUANTITIES]


def test_quantities_have_meanings_and_counters_units() -> None:
    for name, quantity in QUANTITIES.items():
        assert quantity.name == name
        assert quantity.meaning
    assert str(QUANTITIES["global_batch_size"].unit) == "samples per step"
    assert set(COUNTERS) == {"steps", "epochs", "micro_batches", "samples"}


# YAML spellings of the fields whose names differ from the record's.
SPELLINGS = {
    "Framework": {"signatures": "recognise", "refusals": "refuses", "schedules": "schedule"},
    "Option": {"types": "type", "has_default": "default", "steady": "versions"},
    "Signature": {"keys_all": "keys", "keys_any": "keys", "keys_none": "keys"},
    "EventSpec": {"event": "", "condition": "if", "start": "from"},
    "ScheduleUse": {"condition": "if"},
    "ComponentSpec": {"name": "", "refusals": "refuses"},
    "ObjectPath": {"name": "", "others": "path"},
}
FORMS = {
    "Framework": "", "Option": "option", "Signature": "signature", "ObjectPath": "object", "EventSpec": "event",
    "ScheduleUse": "schedule", "ComponentSpec": "component", "Override": "override",
}  # fmt: skip


@pytest.mark.parametrize("record", FORMS)
def test_every_field_of_a_record_has_its_key_in_the_schema(record: str) -> None:
    schema = schema_of("framework")
    form = schema["$defs"][FORMS[record]] if FORMS[record] else schema
    keys = set(form["properties"])
    for field in getattr(catalogue, record)._fields:
        spelling = SPELLINGS.get(record, {}).get(field, field)
        if spelling and not (record == "Option" and field == "name"):
            assert spelling in keys, f"{record}.{field}"


@pytest.mark.parametrize(("kind", "record"), [("rule", "Rule"), ("schedule", "Schedule"), ("launcher", "Launcher")])
def test_every_field_of_other_records_has_its_key(kind: str, record: str) -> None:
    keys = set(schema_of(kind)["properties"])
    other = {"condition": "if", "refusals": "refuses"}
    derived = {"needs"}
    for field in getattr(rule if kind == "rule" else catalogue, record)._fields:
        assert field in derived or other.get(field, field) in keys, f"{record}.{field}"
