"""What Ultralytics really does with a handful of tiny images."""

# The environment is set before the framework is imported; types are not checked: the framework is not there.
# ruff: noqa: E402
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from recording import brief, capture, described, replay, rounded, time_limit, told

ROOT = Path(tempfile.mkdtemp(prefix="yo"))
os.environ.update({"YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": str(ROOT / "cfg"), "YOLO_VERBOSE": "false"})
import cv2
import numpy as np
import torch
import ultralytics
from ultralytics import YOLO
from ultralytics.models.yolo.detect import DetectionTrainer

torch.set_num_threads(1)


def data(n: Any, m: Any) -> Any:
    d = ROOT / f"d{n}-{m}"
    if not d.exists():
        rs = np.random.RandomState(0)
        for sp, k in (("train", n), ("val", m)):
            (d / "images" / sp).mkdir(parents=True)
            (d / "labels" / sp).mkdir(parents=True)
            for i in range(k):
                cv2.imwrite(str(d / "images" / sp / f"{i}.jpg"), rs.randint(0, 255, (32, 32, 3)).astype(np.uint8))
                (d / "labels" / sp / f"{i}.txt").write_text("0 0.5 0.5 0.4 0.4\n")
        (d / "d.yaml").write_text(f"path: {d}\ntrain: images/train\nval: images/val\nnames: [a]\n")
    return d / "d.yaml"


def one(config: Any, env: Any) -> Any:
    observed, error, phase = {}, None, "build"
    c = {"batches": [], "steps": 0, "lrs": [], "epochs": 0, "val": 0, "acc": [], "saves": 0}
    tr = []

    class T(DetectionTrainer):
        def optimizer_step(self) -> None:
            c["steps"] += 1
            c["lrs"].append([rounded(g["lr"], 7) for g in self.optimizer.param_groups])
            c["acc"].append(int(self.accumulate))
            super().optimizer_step()

        def preprocess_batch(self, batch: Any) -> Any:
            b = super().preprocess_batch(batch)
            c["batches"].append(int(b["img"].shape[0]))
            return b

        def validate(self) -> Any:
            c["val"] += 1
            return super().validate()

        def save_model(self) -> Any:
            c["saves"] += 1
            return super().save_model()

        def final_eval(self) -> None:
            pass

    proj = ROOT / "p"
    with capture(["ultralytics"]) as sink:
        try:
            with time_limit(60):
                m = YOLO("yolo11n.yaml")
                m.add_callback(
                    "on_train_epoch_end",
                    lambda t: (c.__setitem__("epochs", c["epochs"] + 1), tr.append(t) if not tr else None),
                )
                m.add_callback("on_train_start", lambda t: tr.append(t) if not tr else None)
                phase = "train"
                m.train(
                    trainer=T,
                    data=str(data(env["dataset_size"], env["eval_dataset_size"])),
                    device="cpu",
                    workers=0,
                    amp=False,
                    plots=False,
                    project=str(proj),
                    exist_ok=True,
                    verbose=False,
                    **{"imgsz": 32, **config["train"]},
                )
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    files = sorted(p.name for p in proj.rglob("*.pt"))
    observed = {
        "train_batches": len(c["batches"]),
        "samples_seen": sum(c["batches"]),
        "batch_sizes": brief(c["batches"], 40),
        "optimizer_steps": c["steps"],
        "epochs_ended": c["epochs"],
        "validations": c["val"],
        "save_model_calls": c["saves"],
        "checkpoint_files": files,
        "accumulate_at_steps": brief(c["acc"], 40),
        "lr_groups_at_steps": brief(c["lrs"], 12),
    }
    if tr:
        t = tr[0]
        observed.update(
            {
                "batch_size": t.batch_size,
                "optimizer": type(t.optimizer).__name__,
                "weight_decay_scaled": rounded(max(g["weight_decay"] for g in t.optimizer.param_groups)),
                "lr0_arg_after": rounded(t.args.lr0),
                "warmup_bias_lr_after": rounded(t.args.warmup_bias_lr),
            }
        )
    shutil.rmtree(proj, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    try:
        replay(one, {"torch": torch.__version__}, ultralytics.__version__)
    finally:
        shutil.rmtree(ROOT, ignore_errors=True)
