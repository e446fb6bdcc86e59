"""The ways in which people write the same options: a Python file that takes them from where they stand."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence

from cases import Case, Options, number, pick, scalar
from yaml_text import yaml_text

IDIOMS = ["literal", "constants", "argparse", "dataclass", "dict", "splat", "yaml", "json"]
_LONGEST_CALL = 96


class Script:
    """A Python file that takes its options from literals, constants, argparse, a dataclass, a dict or a file."""

    def __init__(self, case: Case, idiom: str | None = None) -> None:
        self.case = case
        self.id = case.id
        self.idiom = idiom or pick(self.id, "idiom", IDIOMS)
        self.in_main = number(self.id, "main") % 2 == 0
        self.imports: list[str] = []
        self.definitions: list[str] = []
        self.body: list[str] = []
        self.values: Options = {}
        self.groups: dict[str, Options] = {}

    def imp(self, *lines: str) -> None:
        self.imports += [line for line in dict.fromkeys(lines) if line not in self.imports]

    def define(self, text: str) -> None:
        self.definitions.append(textwrap.dedent(text).strip("\n"))

    def do(self, *lines: str) -> None:
        self.body.extend(textwrap.dedent(line).strip("\n") for line in lines)

    def opt(self, name: str, value: object) -> str:
        """Register an option, return the expression that reads it."""
        unusual = value is None or not scalar(value)
        not_a_number = isinstance(value, float) and value != value
        by_value = self.idiom in ("literal", "splat") or (unusual and self.idiom in ("argparse", "dataclass"))
        if by_value or not_a_number:
            return repr(value)
        base, count = name, 2
        while name in self.values and (self.values[name] != value or type(self.values[name]) is not type(value)):
            name, count = f"{base}_{count}", count + 1
        self.values[name] = value
        return {
            "constants": name.upper(),
            "argparse": f"args.{name}",
            "dataclass": f"cfg.{name}",
            "dict": f'CONFIG["{name}"]',
            "yaml": f'config["{name}"]',
            "json": f'config["{name}"]',
        }[self.idiom]

    def call(
        self,
        target: str,
        options: Options,
        first: Sequence[str] = (),
        fixed: Iterable[tuple[str, str]] = (),
        group: str = "options",
    ) -> str:
        """Return a call; `fixed` are pairs of a key and source text, `group` is the name of a dict for **."""
        parts = list(first)
        if self.idiom == "splat" and options and all(key.isidentifier() for key in options):
            name, count = group.upper(), 2
            while name in self.groups and self.groups[name] != options:
                name, count = f"{group.upper()}_{count}", count + 1
            self.groups[name] = options
            parts += [f"{key}={text}" for key, text in fixed] + [f"**{name}"]
        else:
            parts += [f"{key}={self.opt(key, value)}" for key, value in options.items()]
            parts += [f"{key}={text}" for key, text in fixed]
        line = f"{target}({', '.join(parts)})"
        if len(line) <= _LONGEST_CALL:
            return line
        return f"{target}(\n" + "".join(f"    {part},\n" for part in parts) + ")"

    def text(self) -> str:
        """Return the file, and put the configuration file that it reads beside it."""
        first, inner = self._options()
        blocks = ["\n".join(self._sorted_imports())]
        if first:
            blocks.append("\n".join(first))
        blocks += self.definitions
        body = "\n".join(inner + self.body)
        if self.in_main:
            blocks.append("def main():\n" + textwrap.indent(body, "    "))
            blocks.append('if __name__ == "__main__":\n    main()')
        else:
            blocks.append(body)
        return "\n\n\n".join(block for block in blocks if block) + "\n"

    def _sorted_imports(self) -> list[str]:
        plain = sorted({line for line in self.imports if line.startswith("import ") and "environ" not in line})
        modules: dict[str, set[str]] = {}
        for line in self.imports:
            if line.startswith("from "):
                module, names = line[5:].split(" import ")
                modules.setdefault(module, set()).update(names.split(", "))
        early = [line for line in self.imports if not line.startswith(("import ", "from "))]
        if early:
            plain = ["import os", *early, *(line for line in plain if line != "import os")]
        froms = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(modules.items())]
        return plain + froms

    # --- where the options stand -------------------------------------------------------------------------------

    def _options(self) -> tuple[list[str], list[str]]:
        """Return the lines at the top of the file and those at the start of the body that provide the options."""
        if self.idiom == "constants":
            return [f"{name.upper()} = {value!r}" for name, value in self.values.items()], []
        if self.idiom == "splat":
            return [line for name, options in self.groups.items() for line in self._group(name, options)], []
        if not self.values or self.idiom == "literal":
            return [], []
        if self.idiom == "dict":
            return ["CONFIG = {", *(f'    "{name}": {value!r},' for name, value in self.values.items()), "}"], []
        if self.idiom == "dataclass":
            self.imp("from dataclasses import dataclass")
            fields = [f"    {name}: {type(value).__name__} = {value!r}" for name, value in self.values.items()]
            return ["@dataclass", "class Config:", *fields], ["cfg = Config()"]
        if self.idiom == "argparse":
            return self._parser(), ["args = parse_args()"]
        if self.idiom == "yaml":
            self.imp("import yaml")
            self.case.files["config.yaml"] = yaml_text(self.values) + "\n"
            return [], ['with open("config.yaml") as handle:', "    config = yaml.safe_load(handle)"]
        self.imp("import json", "from pathlib import Path")
        self.case.files["config.json"] = json.dumps(self.values, indent=2) + "\n"
        return [], ['config = json.loads(Path("config.json").read_text())']

    def _group(self, name: str, options: Options) -> list[str]:
        if number(self.id, "dict-call") % 2:
            return [f"{name} = dict(", *(f"    {key}={value!r}," for key, value in options.items()), ")"]
        return [f"{name} = {{", *(f"    {key!r}: {value!r}," for key, value in options.items()), "}"]

    def _parser(self) -> list[str]:
        self.imp("import argparse")
        lines = ["def parse_args():", "    parser = argparse.ArgumentParser()"]
        for name, value in self.values.items():
            flag = "--" + (name if number(self.id, "flag") % 2 else name.replace("_", "-"))
            kind = "" if isinstance(value, str) else f"type={type(value).__name__}, "
            if isinstance(value, bool):
                kind = "action=argparse.BooleanOptionalAction, "
            lines.append(f'    parser.add_argument("{flag}", {kind}default={value!r})')
        return [*lines, "    return parser.parse_args()"]


def indented(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by)
