"""An option that no release of a framework has: the outcome where its constructor refuses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.reports.json_plan import plan_document

if TYPE_CHECKING:
    from pathlib import Path

OWN_CLASS = """
from dataclasses import dataclass

import transformers


@dataclass
class Arguments(transformers.TrainingArguments):
    cache: str = ""

"""


def outcome(folder: Path, script: str, pin: str) -> dict[str, Any]:
    (folder / ".git").mkdir()
    (folder / "train.py").write_text(script, encoding="utf-8")
    (folder / "requirements.txt").write_text(pin + "\n", encoding="utf-8")
    document = json.loads(json.dumps(plan_document(session.plan((str(folder),), Options()))))
    return document["runs"][0]["outcome"]  # type: ignore[no-any-return]


def arguments(call: str) -> str:
    return f"args = {call}(output_dir='out', cache='x')\ntransformers.Trainer(args=args).train()\n"


@pytest.mark.parametrize(("pin", "kind"), [("transformers==4.51.3", "raises"), ("transformers>=4.51", "unknown")])
def test_an_unknown_option_raises_where_every_option_is_known(tmp_path: Path, pin: str, kind: str) -> None:
    found = outcome(tmp_path, "import transformers\n" + arguments("transformers.TrainingArguments"), pin)
    assert found["kind"] == kind
    if kind == "raises":
        assert found["error"].endswith("TypeError")


def test_a_class_of_ones_own_may_have_more_options(tmp_path: Path) -> None:
    found = outcome(tmp_path, OWN_CLASS + arguments("Arguments"), "transformers==4.51.3")
    assert found["kind"] == "unknown"
    assert "cache" not in found["reason"]
