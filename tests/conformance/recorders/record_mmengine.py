"""What mmengine.Runner really does, on the CPU."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG002, ARG005
# mypy: ignore-errors

from __future__ import annotations

import copy
import logging
import os
import shutil
import tempfile
from typing import Any, ClassVar

import mmengine
import torch
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner
from recording import brief, capture, described, replay, rounded, time_limit, told

torch.set_num_threads(1)
Runner._log_env = lambda self, env_cfg: None  # collecting the environment is slow and not part of the plan


@DATASETS.register_module()
class TinyData(torch.utils.data.Dataset):
    METAINFO: ClassVar[dict[str, Any]] = {}

    def __init__(self, n: Any) -> None:
        self.n = n
        self.metainfo = {}

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: Any) -> Any:
        return {"x": torch.tensor([float(i % 5), 1.0, 2.0]), "idx": i}


@MODELS.register_module()
class TinyModel(BaseModel):
    def __init__(self) -> None:
        super().__init__()
        self.l = torch.nn.Linear(3, 1)
        self.seen, self.val = [], 0

    def forward(self, x: Any, idx: Any = None, mode: Any = "loss") -> Any:
        x = torch.stack(list(x))  # pseudo_collate hands over lists
        if mode == "loss":
            self.seen.append([int(i) for i in idx])
            return {"loss": (self.l(x) ** 2).mean()}
        self.val += 1
        return [{"p": v} for v in self.l(x)]


@METRICS.register_module()
class Const(BaseMetric):
    def process(self, data_batch: Any, data_samples: Any) -> None:
        self.results.append(len(data_samples))

    def compute_metrics(self, results: Any) -> Any:
        return {"acc": 1.0}


class Count(Hook):
    priority = "LOWEST"

    def __init__(self) -> None:
        self.ep, self.ee, self.val = 0, 0, []
        self.lrs, self.opt_steps = [], 0

    def before_train(self, runner: Any) -> None:
        o = runner.optim_wrapper.optimizer
        me = self

        def post(op: Any, *_: Any) -> None:
            me.opt_steps += 1
            me.lrs.append(op.param_groups[0]["lr"])

        o.register_step_post_hook(post)

    def before_train_epoch(self, runner: Any) -> None:
        self.ep += 1

    def after_train_epoch(self, runner: Any) -> None:
        self.ee += 1

    def before_val_epoch(self, runner: Any) -> None:
        self.val.append([runner.epoch, runner.iter])


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="mm")
    phase, error, observed, r = "build", None, {}, None
    cnt = Count()
    saves = []
    logs = []
    with capture() as sink:
        try:
            with time_limit(60):
                torch.manual_seed(0)
                c = copy.deepcopy(config)
                dl = c["dataloader"]
                kw = {}
                if env.get("eval_dataset_size") is not None:
                    kw = {
                        "val_dataloader": {
                            "batch_size": 2,
                            "num_workers": 0,
                            "dataset": {"type": "TinyData", "n": env["eval_dataset_size"]},
                            "sampler": {"type": "DefaultSampler", "shuffle": False},
                        },
                        "val_evaluator": {"type": "Const"},
                        "val_cfg": c.get("val_cfg", {}),
                    }
                hooks = dict(c.get("default_hooks", {}))
                ow = dict(type="OptimWrapper", optimizer={"type": "SGD", "lr": 0.1}, **c.get("optim_wrapper", {}))
                train_dl = {
                    "batch_size": dl["batch_size"],
                    "num_workers": 0,
                    "drop_last": dl.get("drop_last", False),
                    "dataset": {"type": "TinyData", "n": env["dataset_size"]},
                    "sampler": dict(type=dl.get("sampler", "DefaultSampler"), **({"shuffle": False})),
                }
                r = Runner(
                    model={"type": "TinyModel"},
                    work_dir=tmp,
                    train_dataloader=train_dl,
                    train_cfg=c["train_cfg"],
                    optim_wrapper=ow,
                    param_scheduler=c.get("param_scheduler"),
                    default_hooks=hooks,
                    custom_hooks=[cnt, *c.get("custom_hooks", [])],
                    default_scope="mmengine",
                    log_level="WARNING",
                    experiment_name=os.path.basename(tmp),
                    **kw,
                )
                osave = r.save_checkpoint
                r.save_checkpoint = lambda *a, **k: (saves.append([r.epoch + 1, r.iter + 1]), osave(*a, **k))[1]
                lp = r.log_processor
                oget = lp.get_log_after_iter
                lp.get_log_after_iter = lambda *a, **k: (
                    logs.append([a[2] if len(a) > 2 else k.get("mode"), r.iter + 1]),
                    oget(*a, **k),
                )[1]
                phase = "train"
                r.train()
                phase = "after"
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    if r is not None:
        m = r.model
        m = getattr(m, "module", m)
        seen = getattr(m, "seen", [])
        tl = r._train_loop

        def g(n):
            return getattr(r, n) if not isinstance(tl, dict) else None

        observed = {
            "iter": g("iter"),
            "epoch": g("epoch"),
            "max_iters": g("max_iters"),
            "max_epochs": g("max_epochs"),
            "optimizer_steps": cnt.opt_steps,
            "micro_batches": len(seen),
            "samples_seen": sum(map(len, seen)),
            "distinct_samples": len({i for b in seen for i in b}),
            "batch_sizes": brief([len(b) for b in seen], 40),
            "epochs_begun": cnt.ep,
            "epochs_ended": cnt.ee,
            "validation_runs": len(cnt.val),
            "validation_at_epoch_iter": cnt.val,
            "val_batches": getattr(m, "val", 0),
            "checkpoint_saves_epoch_iter": saves,
            "checkpoint_files": brief(sorted(f for _, _, fs in os.walk(tmp) for f in fs if f.endswith(".pth")), 30),
            "train_logs_at_iter": brief([i for md, i in logs if md == "train"], 60),
            "lr_first": rounded(cnt.lrs[0]) if cnt.lrs else None,
            "lr_last": rounded(cnt.lrs[-1]) if cnt.lrs else None,
            "lr_series": brief([rounded(v) for v in cnt.lrs], 60),
        }
    logging.shutdown()
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


PS = [
    [{"type": "MultiStepLR", "milestones": [2], "gamma": 0.1, "by_epoch": True}],
    [{"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "begin": 0, "end": 5}],
    [
        {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "begin": 0, "end": 500},
        {"type": "MultiStepLR", "milestones": [2, 3], "gamma": 0.1, "by_epoch": True, "begin": 0, "end": 3},
    ],
    [
        {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "begin": 0, "end": 5},
        {"type": "CosineAnnealingLR", "T_max": 10, "by_epoch": False, "begin": 5, "end": 15},
    ],
    [{"type": "CosineAnnealingLR", "T_max": 3, "by_epoch": True, "convert_to_iter_based": True}],
    [{"type": "CosineAnnealingLR", "T_max": 3, "by_epoch": True}],
    [{"type": "PolyLR", "power": 0.9, "eta_min": 1e-4, "by_epoch": False, "begin": 0, "end": 10}],
    [{"type": "OneCycleLR", "eta_max": 0.1, "total_steps": 10, "by_epoch": False}],
    [{"type": "StepLR", "step_size": 1, "gamma": 0.5}],
    [{"type": "LinearLR", "start_factor": 0.1, "by_epoch": True, "begin": 0, "end": 2, "convert_to_iter_based": True}],
    [{"type": "ConstantLR", "factor": 0.1, "by_epoch": False, "begin": 2, "end": 4}],
]


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, mmengine.__version__)
