"""The shape of the code: imports between rooms go one way, and what is data stays data."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "epochlint"

# Every room with the rooms it may import, itself aside; the table of docs/architecture.md.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "records": frozenset(),
    "errors": frozenset(),
    "places": frozenset({"records"}),
    "expressions": frozenset({"records", "places"}),
    "sources": frozenset({"records", "errors", "places"}),
    "knowledge": frozenset({"records", "errors", "places", "expressions", "sources"}),
    "scripts": frozenset({"records", "places", "sources", "expressions", "knowledge"}),
    "declared": frozenset({"records", "places", "scripts", "sources", "knowledge"}),
    "dialects": frozenset({"records", "places", "scripts", "sources", "knowledge", "expressions"}),
    "runs": frozenset(
        {"records", "errors", "places", "declared", "dialects", "scripts", "sources", "knowledge", "expressions"}
    ),
    "plan": frozenset({"records", "places", "runs", "dialects", "knowledge", "expressions"}),
    "findings": frozenset({"records", "errors", "places", "sources", "knowledge"}),
    "checking": frozenset(
        {"records", "places", "plan", "runs", "dialects", "scripts", "findings", "knowledge", "expressions", "sources"}
    ),
    "configuration": frozenset({"records", "errors", "places", "sources", "knowledge"}),
    "results": frozenset({"records", "declared", "findings", "plan", "runs"}),
    "reports": frozenset(
        {"records", "places", "declared", "findings", "plan", "runs", "dialects", "results", "knowledge",
         "expressions", "sources"}
    ),
    "fixes": frozenset({"records", "errors", "places", "findings", "sources"}),
    "assuming": frozenset(
        {"errors", "places", "expressions", "knowledge", "runs", "findings", "checking", "configuration"}
    ),
    "session": frozenset({"errors", "sources", "knowledge", "configuration", "results", "analysis"}),
    "analysis": frozenset(
        {"records", "errors", "places", "expressions", "sources", "knowledge", "declared", "dialects", "runs", "plan",
         "findings", "checking", "configuration", "results", "assuming"}
    ),
    "examples": frozenset({"records", "session", "configuration", "results", "findings", "knowledge"}),
    "cli": frozenset(
        {"records", "errors", "session", "examples", "reports", "fixes", "configuration", "results", "findings",
         "knowledge"}
    ),
    "__main__": frozenset({"cli"}),
}  # fmt: skip


def _modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _room(module: str) -> str:
    return module.split(".")[0]


def _imports(tree: ast.AST) -> set[str]:
    """Return the modules of epochlint that a module imports anywhere, also for types and inside functions."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "epochlint":
            inside = node.module.removeprefix("epochlint").lstrip(".")
            names.update([inside] if inside else [alias.name for alias in node.names if alias.name != "__version__"])
        elif isinstance(node, ast.Import):
            names.update(
                alias.name.removeprefix("epochlint.") for alias in node.names if alias.name.startswith("epochlint.")
            )
    return names


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported_at_once(path: Path) -> set[str]:
    """Return what is imported while a module is: not for types only, and not when a function is called."""
    names: set[str] = set()
    for node in _tree(path).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= _imports(node)
    return names


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_imports_between_rooms_go_one_way(path: Path) -> None:
    here = _room(_name(path))
    if not here:
        return
    allowed = MAY_IMPORT[here] | {here}
    wrong = {name for name in _imports(_tree(path)) if _room(name) not in allowed}
    assert not wrong, f"{_name(path)} may not import {', '.join(sorted(wrong))}"


def test_there_are_no_import_cycles() -> None:
    graph = {_name(path): {name for name in _imported_at_once(path) if name} for path in _modules()}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"import cycle: {' -> '.join((*way[way.index(module) :], module))}"
        if module in done:
            return
        for name in sorted(graph.get(module, ())):
            visit(name, (*way, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def _names_of_data() -> set[str]:
    """The names under which frameworks, schedules and rules are known, here and to their users."""
    names: set[str] = set()
    for folder in ("frameworks", "schedules", "rules", "launchers"):
        for path in (ROOT / folder).rglob("*.yaml"):
            about = yaml.safe_load(path.read_text(encoding="utf-8"))
            names.update({path.stem, about["name"], about.get("package", about["name"])})
    return names - {"common", "python", "constant", ""}


def test_no_framework_schedule_or_rule_is_named_in_the_source() -> None:
    names = _names_of_data()
    assert len(names) > 20
    for path in _modules():
        words = set(path.read_text(encoding="utf-8").replace("`", " ").replace('"', " ").replace("'", " ").split())
        found = {word.strip(".,:;()[]{}") for word in words} & names
        assert not found, f"{_name(path)} names {', '.join(sorted(found))}; that is data"
