"""`epochlint plan --against PACKAGE=RELEASE`: what another release changes in a run, and which release brought it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import epochlint.reports
from epochlint.cli import main

Captured = pytest.CaptureFixture[str]
SCHEMAS = Path(epochlint.reports.__file__).parent / "schemas"
# 1,000 samples, 8 a batch: 125 batches. The Trainer steps on the last one of an epoch since 4.52 (31 windows of 4 and a
# rest), and evaluates at the end of a run since 5.4.
SCRIPT = """\
from transformers import Trainer, TrainingArguments

# epochlint: dataset_size=1000, eval_dataset_size=10, world_size=1
args = TrainingArguments(
    "out", per_device_train_batch_size=8, gradient_accumulation_steps=4, num_train_epochs=3, eval_strategy="steps",
    eval_steps=50,
)
Trainer(model=model, args=args, train_dataset=rows, eval_dataset=more).train()
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def pinned(specifier: str) -> None:
    Path("requirements.txt").write_text(f"transformers{specifier}\n", encoding="utf-8")


def against(release: str, capsys: Captured, *more: str) -> dict[str, Any]:
    assert main(["plan", "train.py", "--output-format", "json", "--against", release, *more]) == 0
    document = json.loads(capsys.readouterr().out)
    resources = [Resource.from_contents(json.loads(path.read_text("utf-8"))) for path in SCHEMAS.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources((resource.contents["$id"], resource) for resource in resources)
    Draft202012Validator({"$ref": "urn:epochlint:schema:plan"}, registry=registry).validate(document)
    (run,) = document["runs"]
    return dict(run["against"])


def courses(comparison: dict[str, Any], key: str) -> dict[str, list[tuple[str, Any]]]:
    return {
        one["name"]: [(turn["release"], turn["state"] and turn["state"][key]) for turn in one["course"]]
        for one in comparison["differences"]
        if key in (one["course"][0]["state"] or ())
    }


def test_an_upgrade_names_the_release_that_brought_each_change(capsys: Captured) -> None:
    pinned("==4.48.0")
    told = against("transformers=5.23", capsys)
    assert (told["own_release"], told["release"], told["upwards"]) == ("4.48.0", "5.23", True)
    numbers = courses(told, "value")
    assert numbers["steps_per_epoch"] == [("4.48.0", 31), ("4.52", 32)]
    assert numbers["total_steps"] == [("4.48.0", 93), ("4.52", 96)]
    # 2 batches are left over in each of 3 epochs
    assert numbers["samples_seen"][-1] == ("4.52", 3000)
    assert courses(told, "steps")["evaluations"] == [("4.48.0", [50]), ("5.4", [50, 96])]


def test_what_does_not_change_is_left_out(capsys: Captured) -> None:
    pinned("==4.48.0")
    names = courses(against("transformers=5.23", capsys), "value")
    assert names.keys().isdisjoint({"micro_batches_per_epoch", "global_batch_size", "eval_interval", "log_interval"})


def test_the_way_down_tells_what_was_before(capsys: Captured) -> None:
    told = against("transformers=4.48", capsys, "--assume", "transformers=5.23")
    assert told["upwards"] is False
    assert courses(told, "value")["total_steps"] == [("5.23", 96), ("4.52", 93)]
    assert courses(told, "steps")["evaluations"] == [("5.23", [50, 96]), ("5.4", [50])]


@pytest.mark.parametrize("release", ["4.48", "4.48.0", "4.49"])
def test_between_releases_that_are_alike_nothing_is_different(release: str, capsys: Captured) -> None:
    pinned("==4.48.0")
    assert against(f"transformers={release}", capsys)["differences"] == []


def test_an_option_that_is_gone_is_the_outcome(capsys: Captured) -> None:
    Path("train.py").write_text(SCRIPT.replace("eval_strategy", "evaluation_strategy"), encoding="utf-8")
    told = against("transformers=4.51", capsys, "--assume", "transformers=4.42")
    assert courses(told, "kind")["outcome"] == [("4.42", "completes"), ("4.51", "raises")]


def test_people_see_both_values_and_why(capsys: Captured) -> None:
    pinned("==4.48.0")
    assert main(["plan", "train.py", "--against", "transformers=4.52"]) == 0
    lines = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()]
    assert "Plan of train.py: transformers 4.48.0 against 4.52" in [" ".join(words) for words in lines]
    assert ["steps_per_epoch", "4.48.0", "31", "steps           max(1, floor(125 / 4))"] in lines
    assert ["since", "4.52", "32", "steps           ceil(125 / 4)"] in lines


def test_a_release_that_is_not_known_is_said_to_be_so(capsys: Captured) -> None:
    told = against("transformers=9.1", capsys)
    assert told["remark"] == "the data are of >=4.40,<=5.23.0: 9.1 is taken to be like the nearest"


def test_a_package_on_which_the_run_does_not_depend(capsys: Captured) -> None:
    told = against("lightning=2.0", capsys)
    assert (told["own_release"], told["differences"]) == (None, [])
    assert told["remark"] == "a run of transformers does not depend on lightning"
    assert main(["plan", "train.py", "--against", "lightning=2.0"]) == 0
    assert "Nothing is different" not in capsys.readouterr().out


def test_a_release_of_what_the_framework_is_run_by(capsys: Captured) -> None:
    Path("train.py").write_text("import keras\nmodel = keras.Sequential()\nmodel.fit(x, epochs=3)\n", encoding="utf-8")
    assert against("tensorflow=2.15", capsys)["own_release"] == "2.20.0"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "transformer=5.23",
            "'transformer' is no package whose releases epochlint knows (did you mean 'transformers'?)",
        ),
        ("transformers=newest", "'newest' is no release"),
        ("transformers", "'transformers' should be PACKAGE=RELEASE"),
    ],
)
def test_wrong_use(given: str, said: str, capsys: Captured) -> None:
    assert main(["plan", "train.py", "--against", given]) == 2
    assert said in capsys.readouterr().err
