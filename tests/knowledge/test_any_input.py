"""Whatever stands in a data file: a record or one clear error, soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epochlint.knowledge.errors import CatalogueError
from epochlint.knowledge.loading import (
    check_sources,
    load_apis,
    load_framework,
    load_launcher,
    load_rule,
    load_rule_page,
    load_schedule,
)
from epochlint.knowledge.schema import schema_of

WORDS = [
    "total_steps", "epochs", "x", "a.b", "steps", "run", "1 + 1", "epochs > 2", "steps >= 3", "ceil(", "no", "null",
    "true", ">=1", "{x}", "integer", "error", "EL201", "{", "warm", "reset", "step", "evaluations", "is", "if", "é", "",
]  # fmt: skip
SCALARS = st.sampled_from([*WORDS, None, True, False, 0, 1, -1, 0.5, float("inf")])


def keys_of(kind: str) -> list[str]:
    """Return every key that a schema speaks of."""
    found: dict[str, None] = {}

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if isinstance(schema.get("properties"), dict):
                found.update(dict.fromkeys(schema["properties"]))
            for value in schema.values():
                walk(value)
        elif isinstance(schema, list):
            for value in schema:
                walk(value)

    walk(schema_of(kind))
    return list(found)


def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from([*keys_of(kind), *WORDS])
    values = st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    )
    top = st.sampled_from(list(schema_of(kind)["properties"]))
    return st.dictionaries(top, values, max_size=6)


def valid_base(kind: str) -> dict[str, Any]:
    """Return a file that is right, to be disturbed."""
    base: dict[str, Any] = {"name": "x", "title": "X"}
    if kind == "schedule":
        base["rate"] = "base"
    elif kind == "api":
        base["apis"] = {"x.Y": {"gives": {"length": 1}}}
    elif kind == "launcher":
        base = {"name": "x", "commands": ["x"]}
    elif kind == "rule":
        example = {"file": "a.py", "code": "x = 1  # <- here"}
        base = {
            "code": "EL201", "name": "x", "about": "run", "severity": "error", "summary": "s", "explanation": "e",
            "message": "m", "at": "run", "if": "epochs > 1",
            "examples": {"bad": [example], "good": [{"file": "a.py", "code": "x = 2"}]},
        }  # fmt: skip
    return base


LOADERS: dict[str, tuple[Callable[[str], object], ...]] = {
    "framework": (load_framework,),
    "schedule": (load_schedule,),
    "api": (load_apis,),
    "launcher": (load_launcher,),
    "rule": (load_rule, load_rule_page),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_any_values_give_a_record_or_one_error(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp(kind) / "x.yaml"

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(documents(kind))
    def check(document: dict[str, Any]) -> None:
        path.write_text(yaml.safe_dump({**valid_base(kind), **document}, allow_unicode=True), encoding="utf-8")
        seen: list[CatalogueError] = []
        for load in LOADERS[kind]:
            try:
                load(str(path))
            except CatalogueError as error:
                seen.append(error)
        assert all("\n" not in str(error) and error.line >= 0 for error in seen)

    check()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_one_error(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(data)
        with pytest.raises(CatalogueError):
            load_schedule(str(path))


BIG = 200_000
HOSTILE = {
    "a long specifier": f'name: x\ntitle: X\nsupported: ">=1{" " * BIG}<"',
    "a long name": f"name: x\ntitle: X\nextends: {'a' * BIG}!",
    "a long key": f"name: x\ntitle: X\n{'a' * 1000}: 1",
    "many wrong entries": "name: x\ntitle: X\nplan:\n" + "- 1\n" * (BIG // 4),
    "many unknown keys": "name: x\ntitle: X\noptions:\n" + "".join(f"  o{n}: {{t: 1}}\n" for n in range(BIG // 20)),
    "many private names": "name: x\ntitle: X\nlet:\n  n5000: 1\n" + "".join(f"  n{n}: n{n + 1}\n" for n in range(5000)),
    "a long cycle": "name: x\ntitle: X\nlet:\n" + "".join(f"  n{n}: n{(n + 1) % 3000}\n" for n in range(3000)),
    "deep nesting": "name: x\ntitle: X\noptions: " + "[" * 5000,
    "deep parentheses": f"name: x\ntitle: X\nplan: [{{total_steps: '{'(' * 1000}1{')' * 1000}'}}]",
    "an alias bomb": "name: x\ntitle: X\na0: &a0 [1]\n"
    + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}]\n" for n in range(9)),
    "a cycle of aliases": "name: x\ntitle: X\noptions: &a {x: *a}",
    "too large": f"name: x\ntitle: {'X' * (1 << 20)}",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_soon(case: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(HOSTILE[case], encoding="utf-8")
    began = time.process_time()
    message = ""
    try:
        load_framework(str(path))
    except CatalogueError as error:
        message = str(error)
    assert len(message) < 2_000
    assert time.process_time() - began < 5


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("code: 5")
    pack = tmp_path / "pack"
    pack.mkdir()
    try:
        (pack / "link.yaml").symlink_to(outside)
        (pack / "folder").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert check_sources([str(pack)]) == ()
