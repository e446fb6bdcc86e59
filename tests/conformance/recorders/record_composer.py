"""What composer.Trainer really does, on the CPU."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG002
# mypy: ignore-errors

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import composer
import torch
from composer import Callback, Trainer
from composer.models import ComposerModel
from composer.optim import scheduler as S
from recording import NeverEnds, brief, capture, described, replay, rounded, time_limit, told

torch.set_num_threads(1)


class Map(torch.utils.data.Dataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: Any) -> Any:
        return torch.tensor([float(i % 5), 1.0, 2.0]), torch.tensor([float(i)])


class Iter(torch.utils.data.IterableDataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __iter__(self) -> Iterator[Any]:
        for i in range(self.n):
            yield torch.tensor([float(i % 5), 1.0, 2.0]), torch.tensor([float(i)])


class M(ComposerModel):
    def __init__(self) -> None:
        super().__init__()
        self.l = torch.nn.Linear(3, 1)
        self.seen, self.ev = [], 0

    def forward(self, b: Any) -> Any:
        if self.training:
            self.seen.append([int(v) for v in b[1][:, 0]])
        return self.l(b[0])

    def loss(self, out: Any, b: Any) -> Any:
        return (out**2).mean()

    def eval_forward(self, b: Any, outputs: Any = None) -> Any:
        self.ev += 1
        return self.l(b[0])

    def get_metrics(self, is_train: Any = False) -> Any:
        return {}


class H(Callback):
    def __init__(self) -> None:
        self.eb, self.ee, self.bb, self.evs, self.ba = 0, 0, 0, [], []

    def epoch_start(self, s: Any, loader: Any) -> None:
        self.eb += 1
        if self.eb > 300:
            raise NeverEnds("300 epochs begun, max_duration never reached")

    def epoch_end(self, s: Any, loader: Any) -> None:
        self.ee += 1

    def batch_end(self, s: Any, loader: Any) -> None:
        self.bb += 1

    def eval_start(self, s: Any, loader: Any) -> None:
        self.evs.append([int(s.timestamp.epoch), int(s.timestamp.batch)])


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="mc")
    phase, error, observed, t, m, h = "build", None, {}, None, M(), H()
    lrs, _saves = [], []
    with capture(["composer"]) as sink:
        try:
            with time_limit(15):
                kw = dict(config["trainer"])
                d = config["dataloader"]
                D = Iter if env.get("dataset_kind") == "iterable" else Map
                kw["train_dataloader"] = torch.utils.data.DataLoader(
                    D(env["dataset_size"]), batch_size=d["batch_size"], drop_last=d.get("drop_last", False)
                )
                if env.get("eval_dataset_size") is not None:
                    kw["eval_dataloader"] = torch.utils.data.DataLoader(Map(env["eval_dataset_size"]), batch_size=2)
                if "scheduler" in config:
                    kw["schedulers"] = getattr(S, config["scheduler"]["class"])(**config["scheduler"].get("args", {}))
                if "save_interval" in kw or config.get("save"):
                    kw["save_folder"] = tmp
                    kw["save_filename"] = "ep{epoch}-ba{batch}.pt"
                o = torch.optim.SGD(m.parameters(), lr=0.1)
                o.register_step_post_hook(lambda op, *_: lrs.append(op.param_groups[0]["lr"]))
                t = Trainer(
                    model=m, optimizers=o, device="cpu", callbacks=[h], progress_bar=False, log_to_console=False, **kw
                )
                phase = "fit"
                t.fit()
                phase = "after"
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    ts = t.state.timestamp if t is not None else None
    observed = {
        "timestamp": {
            "epoch": int(ts.epoch),
            "batch": int(ts.batch),
            "sample": int(ts.sample),
            "batch_in_epoch": int(ts.batch_in_epoch),
        }
        if ts
        else None,
        "optimizer_steps": len(lrs),
        "micro_batches": len(m.seen),
        "samples_seen": sum(map(len, m.seen)),
        "distinct_samples": len({i for b in m.seen for i in b}),
        "micro_batch_sizes": brief([len(b) for b in m.seen], 40),
        "epochs_begun": h.eb,
        "epochs_ended": h.ee,
        "batches_ended": h.bb,
        "evaluations": len(h.evs),
        "evaluations_at_epoch_batch": h.evs,
        "eval_batches": m.ev,
        "checkpoint_files": sorted(
            f for _, _, fs in os.walk(tmp) for f in fs if f.endswith(".pt") and "latest" not in f
        ),
        "lr_first": rounded(lrs[0]) if lrs else None,
        "lr_last": rounded(lrs[-1]) if lrs else None,
        "lr_series": brief([rounded(v) for v in lrs], 60),
    }
    with contextlib.suppress(Exception):
        t.close()
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


SC = [
    {"class": "ConstantScheduler"},
    {"class": "CosineAnnealingScheduler"},
    {"class": "CosineAnnealingScheduler", "args": {"t_max": "4ba"}},
    {"class": "LinearScheduler", "args": {"alpha_f": 0.0}},
    {"class": "LinearScheduler", "args": {"alpha_f": 0.0, "t_max": "0.5dur"}},
    {"class": "CosineAnnealingWithWarmupScheduler", "args": {"t_warmup": "2ba"}},
    {"class": "CosineAnnealingWithWarmupScheduler", "args": {"t_warmup": "0.2dur"}},
    {"class": "CosineAnnealingWithWarmupScheduler", "args": {"t_warmup": "1ep"}},
    {"class": "CosineAnnealingWithWarmupScheduler", "args": {"t_warmup": "100ba"}},
    {"class": "LinearWithWarmupScheduler", "args": {"t_warmup": "3ba"}},
    {"class": "StepScheduler", "args": {"step_size": "2ba", "gamma": 0.5}},
    {"class": "MultiStepScheduler", "args": {"milestones": ["1ep", "2ep"]}},
    {"class": "MultiStepWithWarmupScheduler", "args": {"t_warmup": "2ba", "milestones": ["1ep"]}},
    {"class": "ExponentialScheduler", "args": {"gamma": 0.9}},
    {"class": "PolynomialScheduler", "args": {"power": 2.0}},
    {"class": "ConstantWithWarmupScheduler", "args": {"t_warmup": "3ba"}},
    {"class": "CosineAnnealingWithWarmupScheduler", "args": {"t_warmup": "2ba", "scale_warmup": True}},
]


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, composer.__version__)
