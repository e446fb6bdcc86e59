"""mmengine.Runner driven by a Python configuration file."""

from __future__ import annotations

from cases import Case, Options, Vector, highest, number, version


def py(value: object) -> str:
    if isinstance(value, dict):
        if all(str(key).isidentifier() for key in value):
            return "dict(" + ", ".join(f"{key}={py(value)}" for key, value in value.items()) + ")"
        return "{" + ", ".join(f"{key!r}: {py(value)}" for key, value in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(py(value) for value in value) + "]"
    return repr(value)


def expectations(case: Case, config: Options, observed: Options) -> None:
    if not case.completes:
        return
    train_options = config["train_cfg"]
    by_epoch = train_options.get("by_epoch", True) and train_options.get("type") != "IterBasedTrainLoop"
    accum = config.get("optim_wrapper", {}).get("accumulative_counts", 1)
    early = any(hook["type"] == "EarlyStoppingHook" for hook in config.get("custom_hooks", []))
    batch = config["dataloader"]["batch_size"]
    size = observed.get("micro_batches")
    if not early:
        case.put(
            total_micro_batches=size,
            total_steps=observed.get("optimizer_steps"),
            samples_seen=observed.get("samples_seen"),
        )
    if by_epoch and observed.get("epochs_ended") and size and size % observed["epochs_ended"] == 0:
        per = size // observed["epochs_ended"]
        case.put(micro_batches_per_epoch=per)
        if not early:
            case.put(epochs_run=observed["epochs_ended"])
        if accum == 1:
            case.put(steps_per_epoch=per)
    if size:
        case.put(micro_batch_size=batch, gradient_accumulation_steps=accum, global_batch_size=batch * accum)
    if early:
        return
    if accum == 1:
        case.events["evaluations"] = [value[1] for value in observed.get("validation_at_epoch_iter", [])]
        hook = config.get("default_hooks", {}).get("checkpoint", {"interval": 1})
        hook_by_epoch = hook.get("by_epoch", True)
        if hook_by_epoch == by_epoch and "save_best" not in hook:
            marks = {value[1] - (1 if by_epoch else 0) for value in observed.get("checkpoint_saves_epoch_iter", [])}
            case.events["checkpoints"] = sorted(marks)
        logs = observed.get("train_logs_at_iter")
        if isinstance(logs, list):
            case.events["logs"] = logs
    if observed.get("optimizer_steps"):
        case.lr(observed.get("lr_first"), highest(observed.get("lr_series")), observed.get("lr_last"))


TOY = """import math
import os

import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from torch.utils.data import Dataset


@DATASETS.register_module()
class Points(Dataset):
    metainfo = {}

    def __init__(self, size):
        self.x = torch.randn(size, 3)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return {"x": self.x[index]}


@DATASETS.register_module()
class PointsFromFile(Dataset):
    metainfo = {}

    def __init__(self, name):
        with open(os.path.join(os.environ["DATA_DIR"], name)) as handle:
            self.rows = [[float(value) for value in line.split(",")] for line in handle if line.strip()]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return {"x": torch.tensor(self.rows[index])}


@MODELS.register_module()
class Regressor(BaseModel):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 1)

    def forward(self, x, mode="loss"):
        x = torch.stack(list(x))
        prediction = self.linear(x)
        if mode == "loss":
            return {"loss": (prediction ** 2).mean()}
        return [{"prediction": value} for value in prediction]


@METRICS.register_module()
class MeanPrediction(BaseMetric):
    def process(self, data_batch, data_samples):
        self.results.extend(float(sample["prediction"]) for sample in data_samples)

    def compute_metrics(self, results):
        return {"acc": sum(math.isfinite(value) for value in results) / max(1, len(results))}
"""


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "mmengine")
    expectations(case, config, observed)
    hidden = number(case.id, "hidden") % 3 == 0
    train_options, loader_options = dict(config["train_cfg"]), config["dataloader"]
    way = number(case.id, "mm-way") % 4
    top = [
        'default_scope = "mmengine"',
        'custom_imports = dict(imports=["toy"], allow_failed_imports=False)',
        'work_dir = "work_dirs/toy"',
        'model = dict(type="Regressor")',
    ]

    def data(size: int, part: str, quantity: str) -> str:
        if hidden:
            case.assume[quantity] = size
            return f'dict(type="PointsFromFile", name="{part}.csv")'
        return f'dict(type="Points", size={size})'

    names = {}
    batch = repr(loader_options["batch_size"])
    if way in (1, 3):
        names["batch_size"] = loader_options["batch_size"]
        batch = "batch_size"
        for key in ("max_epochs", "max_iters", "val_interval"):
            if key in train_options:
                names[key] = train_options[key]
    if "dynamic_intervals" in train_options:  # the recorder's JSON made lists of the pairs
        pairs = "[" + ", ".join(f"({a}, {b})" for a, b in train_options["dynamic_intervals"]) + "]"
    train_cfg = (
        "dict("
        + ", ".join(
            f"{key}={key if key in names else pairs if key == 'dynamic_intervals' else py(value)}"
            for key, value in train_options.items()
        )
        + ")"
    )
    drop = f", drop_last={loader_options['drop_last']!r}" if loader_options.get("drop_last") else ""
    sampler = f'dict(type="{loader_options.get("sampler", "DefaultSampler")}", shuffle=False)'
    loader = (
        "train_dataloader = dict(\n"
        f"    batch_size={batch},\n"
        f"    num_workers=0{drop},\n"
        f"    dataset={data(env['dataset_size'], 'train', 'dataset_size')},\n"
        f"    sampler={sampler},\n"
        ")"
    )
    wrapper = ["type='OptimWrapper'", "optimizer=dict(type='SGD', lr=0.1)"]
    wrapper += [f"{key}={value!r}" for key, value in config.get("optim_wrapper", {}).items()]
    sched = [f"optim_wrapper = dict({', '.join(wrapper)})"]
    if config.get("param_scheduler"):
        sched.append(
            "param_scheduler = [\n" + "".join(f"    {py(value)},\n" for value in config["param_scheduler"]) + "]"
        )
    hooks = []
    if config.get("default_hooks"):
        hooks.append(
            "default_hooks = dict(\n"
            + "".join(f"    {key}={py(value)},\n" for key, value in config["default_hooks"].items())
            + ")"
        )
    if config.get("custom_hooks"):
        hooks.append("custom_hooks = " + py(config["custom_hooks"]))
    body = [loader, f"train_cfg = {train_cfg}"]
    if env.get("eval_dataset_size") is not None:
        body.append(
            "val_dataloader = dict(\n"
            "    batch_size=2,\n"
            "    num_workers=0,\n"
            f"    dataset={data(env['eval_dataset_size'], 'val', 'eval_dataset_size')},\n"
            '    sampler=dict(type="DefaultSampler", shuffle=False),\n'
            ")"
        )
        body += ['val_evaluator = dict(type="MeanPrediction")', f"val_cfg = {py(config.get('val_cfg', {}))}"]
    if way == 2:
        case.files["configs/_base_/schedule.py"] = "\n".join(sched) + "\n"
        case.files["configs/_base_/runtime.py"] = "\n".join(top[:1] + hooks) + "\n"
        text = ['_base_ = ["_base_/schedule.py", "_base_/runtime.py"]', *top[1:], *body]
    else:
        text = top + [f"{key} = {value!r}" for key, value in names.items()] + body + sched + hooks
    case.files["configs/toy.py"] = "\n".join(text) + "\n"
    case.files["toy.py"] = TOY
    case.files["train.py"] = """import argparse

from mmengine.config import Config
from mmengine.runner import Runner


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("config", nargs="?", default="configs/toy.py")
    args = parser.parse_args()
    runner = Runner.from_cfg(Config.fromfile(args.config))
    runner.train()


if __name__ == "__main__":
    main()
"""
    case.assume["world_size"] = 1
    case.requirements(
        f"mmengine=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    return case
