"""How many rows a data set has by the call that makes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from epochlint import session
from epochlint.configuration.options import Options
from epochlint.reports.json_plan import plan_document

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
from datasets import Dataset, load_dataset
from transformers import Trainer, TrainingArguments

rows = {made}
args = TrainingArguments(output_dir="out", per_device_train_batch_size=8)
Trainer(model=model, args=args, train_dataset=rows).train()
"""


@pytest.mark.parametrize(
    ("made", "value", "most"),
    [
        ('load_dataset("json", data_files="x.jsonl", split="train[:568]")', None, 568),
        ('load_dataset("json", data_files="x.jsonl", split="train[:10%]")', None, None),
        ('load_dataset("json", data_files="x.jsonl", split="train[:-5]")', None, None),
        ('load_dataset("json", data_files="x.jsonl", split="train[:20]+test[:5]")', None, None),
        ('load_dataset("json", data_files="x.jsonl")', None, None),
        ('Dataset.from_dict({"text": ["a", "b"] * 50, "label": [0] * 100})', 100, None),
        ('Dataset.from_dict({"text": texts, "label": labels})', None, None),
    ],
)
def test_rows(tmp_path: Path, made: str, value: int | None, most: int | None) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "train.py").write_text(SCRIPT.replace("{made}", made), encoding="utf-8")
    document = json.loads(json.dumps(plan_document(session.plan((str(tmp_path),), Options()))))
    size = document["runs"][0]["plan"]["dataset_size"]
    assert size["value"] == value
    assert ((size.get("bounds") or [None, None])[1] if value is None else None) == most
