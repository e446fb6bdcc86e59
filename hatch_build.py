"""Hatchling's build hook: brings the data files and the compiled catalogue into the wheel.

An editable installation gets neither: it uses the files of the checkout, and compiles them when they change.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._made = ""
        if version == "editable":
            return
        sys.path.insert(0, os.path.join(self.root, "src"))
        try:
            compiled, kinds = self._compile()
        finally:
            sys.path.pop(0)
        build_data["force_include"][compiled] = "epochlint/_catalogue/catalogue.bin"
        for folder in kinds:
            if os.path.isdir(os.path.join(self.root, folder)):
                build_data["force_include"][os.path.join(self.root, folder)] = f"epochlint/{folder}"

    def _compile(self) -> tuple[str, list[str]]:
        from epochlint.knowledge import codec, container
        from epochlint.knowledge.compile import compile_catalogue
        from epochlint.knowledge.folders import KINDS, sources_in

        parts, errors = compile_catalogue(sources_in((self.root,)))
        if errors:
            raise RuntimeError("the data files have errors:\n" + "\n".join(str(error) for error in errors))
        self._made = tempfile.mkdtemp()
        path = os.path.join(self._made, "catalogue.bin")
        with open(path, "wb") as file:
            file.write(container.pack(parts, codec.SHAPE))
        return path, list(KINDS)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if self._made:
            shutil.rmtree(self._made, ignore_errors=True)
