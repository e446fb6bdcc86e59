"""Settings of configuration files that are known by their names."""

from __future__ import annotations

from textwrap import dedent

import pytest

from epochlint.declared.configurations import declared_in_configuration
from epochlint.knowledge.store import Catalogue
from epochlint.sources.files import read_text


def declared(text: str, path: str = "config.yaml") -> list[tuple[str, object, int]]:
    document = read_text(path, dedent(text).lstrip("\n"))
    found = declared_in_configuration(document, Catalogue.default(()).vocabulary)
    return [(one.quantity, one.value, one.place.line) for one in found]


def test_names_in_capitals_and_in_sections() -> None:
    text = """
        TRAIN:
          EPOCHS: 90
          WARMUP_EPOCHS: 5
          BASE_LR: 1.25e-4
          WARMUP_LR: 1.25e-7
    """
    assert declared(text) == [("epochs", 90, 2), ("warmup_epochs", 5, 3)]


def test_the_section_tells_whose_batch_it_is() -> None:
    text = """
        optimizer: {lr: 0.1}
        train_ds:
          batch_size: 64
          drop_last: true
        validation_ds:
          batch_size: 32
          drop_last: false
    """
    assert declared(text) == [("micro_batch_size", 64, 3), ("drop_last", True, 4), ("eval_batch_size", 32, 6)]


def test_a_duration_counts_what_its_unit_says() -> None:
    text = """
        optimizer: {lr: 0.1}
        max_duration: 10ep
        eval_interval: 500ba
    """
    assert declared(text) == [("epochs", 10, 2), ("eval_interval", 500, 3)]


def test_the_constant_of_a_sweep() -> None:
    text = """
        parameters:
          epochs: {distribution: constant, value: 200}
          batch_size: {min: 32, max: 128}
    """
    assert declared(text) == [("epochs", 200, 2)]


@pytest.mark.parametrize("beside", ["learning_rate: 0.1\neval: {metric: loss}", "defaults: grpo.yaml\nkind: recipe"])
def test_processes_are_those_of_a_training_unless_the_file_only_evaluates(beside: str) -> None:
    assert declared(f"{beside}\ncluster: {{gpus_per_node: 8}}\n") == [("world_size", 8, 3)]


def test_json() -> None:
    assert declared('{"optimizer": {"lr": 0.1},\n "num_epochs": 3}', "config.json") == [("epochs", 3, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "batch_size: 500\nflush_interval: 10\n",  # a queue
        "jobs:\n  build:\n    steps: [{run: make}]\n    timeout: 20\n",
        "eval: {metric: pass}\ncluster: {gpus_per_node: 8}\n",  # an evaluation
        "epochs: 100\nvalidators: 4\n",  # a chain of blocks
        "optimizer: {lr: 0.1}\ninference:\n  batch_size: 8\n",
        "optimizer: {lr: 0.1}\nepochs: many\n",
        "optimizer: {lr: 0.1}\nepochs: true\ndrop_last: 1\n",
    ],
)
def test_nothing_is_made_of_what_is_no_training_setting(text: str) -> None:
    assert declared(text) == []
