"""Ultralytics, as a script or a command line."""

from __future__ import annotations

from cases import Case, Skip, Vector, number, version
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    train_options = dict(config["train"])
    case = Case(vector, "ultralytics")
    if "time" in train_options:
        raise Skip("ends by the clock")
    if case.error and "BatchNorm" in case.error.get("gist", ""):
        raise Skip("depends on the recorder's tiny images")
    if case.completes:
        patience = train_options.get("patience", 100)
        if not (patience and patience < train_options.get("epochs", 100)):
            case.put(
                total_micro_batches=observed["train_batches"],
                samples_seen=observed["samples_seen"],
                total_steps=observed["optimizer_steps"],
                epochs_run=observed["epochs_ended"],
            )
        if observed["epochs_ended"] and observed["train_batches"] % observed["epochs_ended"] == 0:
            case.put(micro_batches_per_epoch=observed["train_batches"] // observed["epochs_ended"])
        if isinstance(train_options.get("batch", 16), int):
            case.put(micro_batch_size=observed.get("batch_size"))
    case.files["data.yaml"] = "path: datasets/toy\ntrain: images/train\nval: images/val\nnames:\n  0: thing\n"
    train_options = {"imgsz": 32, **train_options}
    fixed = {"device": "cpu", "workers": 0, "amp": False, "plots": False}
    if case.completes and number(case.id, "cli") % 4 == 0:
        case.files["train.sh"] = (
            "#!/usr/bin/env bash\nset -euo pipefail\nyolo detect train model=yolo11n.yaml data=data.yaml "
            + " ".join(f"{key}={value}" for key, value in {**train_options, **fixed}.items())
            + "\n"
        )
    else:
        script = Script(case)
        script.imp("from ultralytics import YOLO")
        script.do(
            'model = YOLO("yolo11n.yaml")',
            script.call(
                "model.train",
                train_options,
                fixed=[("data", '"data.yaml"')] + [(key, repr(value)) for key, value in fixed.items()],
                group="train_args",
            ),
        )
        case.files["train.py"] = script.text()
    case.assume.update(
        {"dataset_size": env["dataset_size"], "eval_dataset_size": env["eval_dataset_size"], "world_size": 1}
    )
    case.requirements(
        f"ultralytics=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    return case
