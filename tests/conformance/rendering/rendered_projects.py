"""Recorded runs of real frameworks as the small projects that a user would have written.

Every run becomes a training script (or a configuration file where that is the natural form), requirements, a launcher
where more than one process ran, and what a static reader of these files must predict. Nothing in the files tells the
answer. Rendering depends on nothing but the run: it is the same every time.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import render_accelerate
import render_composer
import render_deepspeed
import render_fastai
import render_ignite
import render_keras
import render_lightning
import render_megatron
import render_mmengine
import render_optax
import render_sb3
import render_sentence_transformers
import render_spacy
import render_timm
import render_torch
import render_transformers
import render_trl
import render_ultralytics
from cases import Case, Skip, Vector

Maker = Callable[[Vector], Case]

MAKERS: dict[str, Maker] = {
    "transformers.Trainer": render_transformers.make,
    "lightning.pytorch.Trainer": render_lightning.make,
    "keras": render_keras.make,
    "torch": render_torch.make,
    "accelerate": render_accelerate.make,
    "deepspeed": render_deepspeed.make,
    "mmengine.Runner": render_mmengine.make,
    "composer.Trainer": render_composer.make,
    "trl": render_trl.make,
    "sentence_transformers": render_sentence_transformers.make,
    "fastai.Learner": render_fastai.make,
    "ignite": render_ignite.make,
    "optax": render_optax.make,
    "timm.scheduler": render_timm.make,
    "stable_baselines3": render_sb3.make,
    "spacy": render_spacy.make,
    "megatron-lm": render_megatron.make,
    "ultralytics": render_ultralytics.make,
}


class Rendering:
    """The projects of some files of vectors, and how many runs of a framework were skipped for which reason."""

    def __init__(self, sources: Iterable[Path]) -> None:
        self.skipped: Counter[tuple[str, str]] = Counter()
        self.cases = tuple(self._render(sources))

    def _render(self, sources: Iterable[Path]) -> Iterator[Case]:
        seen: set[str] = set()
        for source in sources:
            for line in source.read_text(encoding="utf-8").splitlines():
                vector = json.loads(line)
                try:
                    case = render(vector)
                except Skip as reason:
                    self.skipped[vector["framework"], str(reason)] += 1
                    continue
                if case.digest in seen:
                    self.skipped[vector["framework"], "same configuration as an earlier run"] += 1
                    continue
                seen.add(case.digest)
                yield case


def render(vector: Vector) -> Case:
    """Return the project of one recorded run; Skip says why there is none."""
    case = MAKERS[vector["framework"]](vector)
    case.check()
    for name, text in case.files.items():
        if name.endswith(".py"):
            compile(text, name, "exec", flags=ast.PyCF_ONLY_AST)
        elif name.endswith(".json"):
            json.loads(text)
    return case


def write(case: Case, folder: Path) -> None:
    """Lay the files of a project into a folder."""
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
