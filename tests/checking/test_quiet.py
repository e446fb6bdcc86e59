"""What is right, or meant, stays green: no error and no warning, not even a likely one, about ordinary code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from epochlint import session
from epochlint.configuration.options import Options

CIFAR = """\
import torch
import torchvision
from torch.utils.data import DataLoader

EPOCHS = 200
model = torchvision.models.resnet18(num_classes=10)
train_set = torchvision.datasets.CIFAR10("data", train=True, download=True)
test_set = torchvision.datasets.CIFAR10("data", train=False)
train_loader = DataLoader(train_set, batch_size=128, shuffle=True)
test_loader = DataLoader(test_set, batch_size=100)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
for epoch in range(EPOCHS):
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    scheduler.step()
"""
KERAS_CIFAR = """\
import keras

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(patience=5)
model.fit(x_train, y_train, batch_size=96, epochs=100, validation_split=0.1, callbacks=[stop])
"""
SMOKE = """\
output_dir: out
per_device_train_batch_size: 1
max_steps: 5
eval_strategy: steps
eval_steps: 500
save_steps: 500
warmup_steps: 100
logging_steps: 10
"""
LORA = """\
from trl import SFTConfig, SFTTrainer

from model import dataset, model, tokenizer

trainer = SFTTrainer(
    model=model,
    tokenizer=tokenizer,
    train_dataset=dataset,
    args=SFTConfig(
        per_device_train_batch_size=2,
        gradient_accumulation_steps=4,  # 2 * 4 = 8 in a step
        warmup_steps=5,
        # num_train_epochs=1,  # for a whole run
        max_steps=60,
        learning_rate=2e-4,
        logging_steps=1,
        output_dir="outputs",
    ),
)
trainer.train()
"""
UNPINNED = """\
import argparse

from transformers import Trainer, TrainingArguments

from model import data, model

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--max_steps", type=int, default=-1)
args = parser.parse_args()
training = TrainingArguments(
    output_dir="out",
    num_train_epochs=args.epochs,
    max_steps=args.max_steps,
    per_device_train_batch_size=16,
    warmup_ratio=0.1,
    save_steps=1000,
    logging_steps=50,
)
Trainer(model=model, args=training, train_dataset=data).train()
"""
BASE = """\
trainer:
  max_epochs: 0
  max_steps: -1
  accumulate_grad_batches: 1
  val_check_interval: 1.0
optimizer:
  lr: 1.0e-3
"""
EXPERIMENT = """\
defaults:
  - base
trainer:
  max_epochs: 100
  max_steps: 50000
"""
GAN = """\
import torch
from torch.utils.data import DataLoader

from model import Discriminator, Generator, data

G, D = Generator(), Discriminator()
g_optimizer = torch.optim.Adam(G.parameters(), lr=2e-4)
d_optimizer = torch.optim.Adam(D.parameters(), lr=2e-4)
loader = DataLoader(data, batch_size=64, shuffle=True, drop_last=True)
loss = torch.nn.BCEWithLogitsLoss()
for epoch in range(50):
    for i, real in enumerate(loader):
        noise = torch.randn(64, 100)
        d_optimizer.zero_grad()
        loss(D(real), torch.ones(64, 1)).backward()
        loss(D(G(noise).detach()), torch.zeros(64, 1)).backward()
        d_optimizer.step()
        if i % 5 == 0:
            g_optimizer.zero_grad()
            loss(D(G(noise)), torch.ones(64, 1)).backward()
            g_optimizer.step()
"""
RL = """\
import gymnasium
import torch

env = gymnasium.make("CartPole-v1")
policy = torch.nn.Sequential(torch.nn.Linear(4, 64), torch.nn.Tanh(), torch.nn.Linear(64, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=3e-4)
for update in range(1000):
    observation, _ = env.reset()
    log_probs, rewards, done = [], [], False
    while not done:
        distribution = torch.distributions.Categorical(logits=policy(torch.as_tensor(observation)))
        action = distribution.sample()
        observation, reward, terminated, truncated, _ = env.step(action.item())
        log_probs.append(distribution.log_prob(action))
        rewards.append(reward)
        done = terminated or truncated
    for _ in range(4):
        optimizer.zero_grad()
        loss = -(torch.stack(log_probs).sum() * sum(rewards))
        loss.backward(retain_graph=True)
        optimizer.step()
"""
SB3 = """\
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env

env = make_vec_env("CartPole-v1", n_envs=4)
PPO("MlpPolicy", env, n_steps=1024, batch_size=64, n_epochs=10).learn(total_timesteps=1_000_000)
"""
BENCHMARK = """\
import time

import lightning as L
import torch
from torch.utils.data import DataLoader, TensorDataset


class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(8, 1)

    def training_step(self, batch, index):
        return self.layer(batch[0]).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


loader = DataLoader(TensorDataset(torch.zeros(1000, 8)), batch_size=10)
start = time.perf_counter()
trainer = L.Trainer(max_epochs=1, limit_train_batches=20, log_every_n_steps=1000, enable_checkpointing=False)
trainer.fit(Model(), loader)
print(time.perf_counter() - start)
"""
PATCHES = """\
- op: add
  path: /spec/template/spec/containers/0/args/-
  value: --namespaced
- [1e5, "3", [2]]
- --plain
"""
LOOKED_AT = """\
import lightning as L
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import CIFAR10


class Data(L.LightningDataModule):
    def setup(self, stage=None):
        full = CIFAR10(".", train=True)
        self.train_rows, self.val_rows = random_split(full, [45000, 5000])

    def train_dataloader(self):
        return DataLoader(self.train_rows, batch_size=32, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_rows, batch_size=32)


class Net(L.LightningModule):
    def training_step(self, batch, index):
        return self(batch).sum()

    def validation_step(self, batch, index):
        self.log("val_loss", self(batch).sum())


data = Data()
data.setup()
samples = next(iter(data.val_dataloader()))
trainer = L.Trainer(max_epochs=20, callbacks=[L.callbacks.EarlyStopping(monitor="val_loss")])
trainer.fit(Net(), data)
"""
PROJECTS: dict[str, dict[str, str]] = {
    "cifar-remainder": {"train.py": CIFAR},
    "keras-remainder": {"train.py": KERAS_CIFAR},
    "smoke-configuration": {"configs/train_smoke.yaml": SMOKE},
    "tiny-run": {"config.yaml": SMOKE},
    "lora-script": {"finetune.py": LORA},
    "lora-notebook": {"finetune.ipynb": json.dumps({
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": LORA}],
        "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5,
    })},
    "no-pins": {"train.py": UNPINNED, "requirements.txt": "transformers\ntorch\n"},
    "base-configuration": {"conf/base.yaml": BASE, "conf/experiment.yaml": EXPERIMENT},
    "gan-loop": {"train.py": GAN},
    "rl-loop": {"train.py": RL},
    "rl-library": {"train.py": SB3},
    "hook-called-by-hand": {"train.py": LOOKED_AT},
    "list-of-patches": {"patches.yaml": PATCHES},
    "benchmark": {"benchmarks/bench_trainer.py": BENCHMARK},
}  # fmt: skip


@pytest.mark.parametrize("name", PROJECTS)
def test_ordinary_code_stays_green(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, text in PROJECTS[name].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    result = session.check((".",), Options())
    loud = [
        f"{one.place.path}:{one.place.line}: {one.name}: {one.message}"
        for one in result.findings
        if one.severity != "note"
    ]
    assert not loud
    assert result.summary.runs or name in ("base-configuration", "rl-loop", "list-of-patches"), "nothing was checked"


def test_the_same_code_with_a_mistake_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.py").write_text(CIFAR.replace("T_max=EPOCHS", "T_max=EPOCHS * len(train_loader)"))
    (tmp_path / "finetune.py").write_text(LORA.replace("# num_train_epochs=1,", "num_train_epochs=3,"))
    monkeypatch.chdir(tmp_path)
    assert len({one.place.path for one in session.check((".",), Options()).findings if one.severity != "note"}) == 2
