"""What is composed statically is what Hydra composes and OmegaConf resolves, value for value."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hydra import compose as compose_with_hydra
from hydra import initialize_config_dir
from omegaconf import OmegaConf

from epochlint.places import Place
from epochlint.sources.defaults_list import Override, compose
from epochlint.sources.documents import MappingNode, Node, SequenceNode
from epochlint.sources.files import FileReader

LAYOUTS = Path(__file__).parents[1] / "projects" / "layouts"
TEMPLATE = {
    "train.yaml": """\
defaults:
  - _self_
  - data: mnist
  - model: small
  - optim@model.optimizer: adam
  - trainer: default
  - experiment: null
  - optional local: absent
  - debug: null
trainer: {max_epochs: 1, shared: below}
seed: 3
steps: ${trainer.max_epochs}
nested: {again: "${..steps}", lr: "${model.optimizer.lr}", word: "${oc.select:absent.key,7}"}
""",
    "data/mnist.yaml": "_target_: lab.Data\nbatch_size: 128\nrate: 1e-3\n",
    "data/large.yaml": "# @package _global_\ndata:\n  batch_size: 1024\nfrom_large: 1\n",
    "model/small.yaml": "defaults:\n  - base\n  - _self_\nwidth: 64\n",
    "model/wide.yaml": "defaults:\n  - _self_\n  - base\nwidth: 512\n",
    "model/base.yaml": "width: 8\ndepth: 2\nbatch: ${data.batch_size}\n",
    "optim/adam.yaml": "lr: 1e-3\nbetas: [0.9, 0.999]\n",
    "optim/sgd.yaml": "lr: 0.1\nmomentum: 0.9\n",
    "trainer/default.yaml": "max_epochs: 10\nmin_epochs: 1\n",
    "trainer/gpu.yaml": "defaults:\n  - default\naccelerator: gpu\ndevices: 4\n",
    "experiment/big.yaml": """\
# @package _global_
defaults:
  - /extra/more
  - override /data: large
  - override /trainer: gpu
  - override /optim@model.optimizer: sgd
trainer: {max_epochs: 50}
seed: 12
""",
    "extra/more.yaml": "value: 5\n",
    "debug/fast.yaml": "# @package _global_\ntrainer: {max_epochs: 2, fast: true}\n",
}
WORDS = [
    "data=large", "model=wide", "trainer=gpu", "experiment=big", "debug=fast", "trainer.max_epochs=7", "seed=99",
    "+trainer.limit=0.5", "++model.width=16", "+extra=more", "model.optimizer.lr=0.01",
]  # fmt: skip


def plain(node: Node | None) -> Any:
    if isinstance(node, MappingNode):
        return {entry.key: plain(entry.value) for entry in node.entries}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.value if node is not None else None


def ours(folder: Path, name: str, words: list[str]) -> Any:
    files = FileReader(str(folder))
    primary = files.read(f"{name}.yaml")
    assert primary is not None
    overrides = []
    for word in words:
        left, _, value = word.partition("=")
        sign = left[: len(left) - len(left.lstrip("+~"))]
        overrides.append(Override(left.lstrip("+~"), value, Place("run.sh", 1, 1, 1, 1), sign))
    made = compose(primary, lambda path: files.read(f"{path}.yaml"), tuple(overrides))
    return plain(made.root)


def theirs(folder: Path, name: str, words: list[str]) -> Any:
    with initialize_config_dir(str(folder), version_base="1.3"):
        return OmegaConf.to_container(compose_with_hydra(name, overrides=words), resolve=True)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    for name, text in TEMPLATE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("words", [[], *[[word] for word in WORDS], ["experiment=big", "trainer=default"]])
def test_one_override(template: Path, words: list[str]) -> None:
    assert ours(template, "train", words) == theirs(template, "train", words)


def test_any_overrides_together(template: Path) -> None:
    generator = random.Random(20261124)
    for _ in range(30):
        words = generator.sample(WORDS, generator.randint(2, 5))
        assert ours(template, "train", words) == theirs(template, "train", words), words
