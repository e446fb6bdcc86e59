"""Documents that are computed are as docs/build.py writes them; the others say nothing that is not so."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from epochlint.cli.arguments import parse
from epochlint.configuration.keys import KEYS
from epochlint.configuration.reading import read_options
from epochlint.errors import UsageError
from epochlint.findings.selection import RuleBook
from epochlint.knowledge.store import Catalogue

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("rules/*.md")})
FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^()\s]+)\)")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _prose(path: Path) -> str:
    return FENCE.sub("", _text(path))


def _blocks(path: Path, *languages: str) -> list[str]:
    return [body for _, language, body in FENCE.findall(_text(path)) if language in languages]


def test_what_is_computed_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}run: python docs/build.py"


# --- links ----------------------------------------------------------------------------------------------------------


def _anchors(path: Path) -> set[str]:
    """Return the anchors that the headings of a document get."""
    headings = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(_prose(path)):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), f"{target}: there is no {file}"
        assert not anchor or anchor in _anchors(other), f"{target}: there is no such heading"


# --- commands and configuration -------------------------------------------------------------------------------------


def _commands(path: Path) -> list[str]:
    """Return the epochlint commands that a document shows: in blocks for a shell, and as code in a line."""
    lines = [line for block in _blocks(path, "bash", "console", "") for line in block.splitlines()]
    shown = [line.removeprefix("$ ") for line in lines] + re.findall(r"`(epochlint [^`]+)`", _prose(path))
    parts = [part.strip() for line in shown for part in line.partition("  #")[0].split("&&")]
    return [part for part in parts if part.startswith("epochlint ") and "..." not in part and "PATH" not in part]


HAND_WRITTEN = [path for path in DOCUMENTS if _commands(path) and "Written by docs/build.py" not in _text(path)]


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=_name)
def test_commands_exist(path: Path) -> None:
    for command in _commands(path):
        _, name, *arguments = shlex.split(re.sub(r"\[.*?\]", "", command))
        if not name.startswith("-"):
            parse(name, arguments)


def _configurations() -> list[Any]:
    return [
        pytest.param(block, id=_name(path))
        for path in DOCUMENTS
        for block in _blocks(path, "toml")
        if "[tool.epochlint" in block
    ]


@pytest.mark.parametrize("block", _configurations())
def test_a_configuration_is_understood(block: str, tmp_path: Path) -> None:
    options = tomllib.loads(block)["tool"]["epochlint"]
    for folder in options.get("rule-paths", ()):
        (tmp_path / folder).mkdir(parents=True)
    file = tmp_path / "pyproject.toml"
    file.write_text(block, encoding="utf-8")
    read = read_options(str(tmp_path), str(file))
    RuleBook(Catalogue.default().index.rules).selected(read.select, read.extend_select, read.ignore)


def test_every_key_of_the_configuration_is_described() -> None:
    described = set(re.findall(r"^\| `([a-z-]+)` \|", _text(ROOT / "docs/configuration.md"), re.MULTILINE))
    assert described == set(KEYS)


def test_an_unknown_key_is_noticed(tmp_path: Path) -> None:
    """The check above would be worthless if anything were understood."""
    file = tmp_path / "epochlint.toml"
    file.write_text("ignored = []\n", encoding="utf-8")
    with pytest.raises(UsageError, match="did you mean"):
        read_options(str(tmp_path), str(file))


# --- contracts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", ["check", "plan"])
def test_every_key_of_the_json_is_described(schema: str) -> None:
    contract = json.loads(_text(ROOT / f"src/epochlint/reports/schemas/{schema}.json"))
    document = ROOT / "docs/json-output.md"
    code = " ".join([*re.findall(r"`([^`]+)`", _prose(document)), *_blocks(document, "json")])
    described = set(re.findall(r"[a-z_]+", code))
    missing = {key for key in _properties(contract) if key not in described}
    assert not missing


def _properties(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for part in schema for name in _properties(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ()))
    return own | {name for part in schema.values() for name in _properties(part)}


def test_yaml_in_the_readme_is_yaml() -> None:
    for block in _blocks(ROOT / "README.md", "yaml"):
        assert isinstance(yaml.safe_load(block), dict)


def test_the_readme_has_the_two_commands() -> None:
    readme = _text(ROOT / "README.md")
    for mark, begins in (("command: run", "pip install . && epochlint check"), ("command: test", "pip install -e")):
        (found,) = re.findall(rf"<!-- {mark} -->\n```bash\n(.*?)```\n<!-- end -->", readme, re.DOTALL)
        assert found.startswith(begins)


def _names_of_subjects() -> set[str]:
    """Return the names that the subjects of rules add for conditions."""
    found = set()
    for path in (ROOT / "src/epochlint/checking").glob("*.py"):
        for node in ast.walk(ast.parse(_text(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
                name = node.args[0]
                if isinstance(name, ast.Constant) and len(node.args) > 1:
                    found.add(str(name.value))
    loops = _text(ROOT / "src/epochlint/dialects/loops.py")
    return found | set(re.findall(r'"((?:loop|scheduler)\.[a-z_]+)"', loops))


def test_every_name_for_conditions_is_described() -> None:
    described = set(
        re.findall(r"[a-z_0-9.]+", " ".join(re.findall(r"`([^`]+)`", _prose(ROOT / "docs/writing-rules.md"))))
    )
    names = _names_of_subjects()
    assert len(names) > 30
    described |= {
        f"{name.partition('.')[0]}.{end}"
        for name in names
        for end in (word[1:] for word in described if word[:1] == ".")
    }
    missing = sorted(names - described)
    assert not missing, f"docs/writing-rules.md does not describe {', '.join(missing)}"


def test_the_rule_in_the_manual_is_one() -> None:
    (block,) = _blocks(ROOT / "docs/writing-rules.md", "yaml")
    schema = json.loads(_text(ROOT / "src/epochlint/knowledge/schemas/rule.json"))
    jsonschema.validate(yaml.safe_load(block), schema)
    keys = set(
        re.findall(
            r"`([a-z]+)`", " ".join(re.findall(r"^\| (`[^|]*) \|", _text(ROOT / "docs/writing-rules.md"), re.MULTILINE))
        )
    )
    assert set(schema["properties"]) <= keys | {"summary", "explanation"}
