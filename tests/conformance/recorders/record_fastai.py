"""What fastai.Learner really does, on the CPU."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

import shutil
import tempfile
from typing import Any

import fastai
import torch
from fastai.callback import all as _  # noqa: F401 (puts the methods fit_… on Learner)
from fastai.callback.core import Callback
from fastai.callback.training import GradientAccumulation
from fastai.data.all import DataLoader, DataLoaders
from fastai.learner import Learner
from fastai.optimizer import SGD
from recording import brief, capture, described, replay, rounded, time_limit, told

torch.set_num_threads(1)


class C(Callback):
    def __init__(self) -> None:
        self.tb, self.vb, self.st, self.ep, self.lrs, self.sizes = 0, 0, 0, 0, [], []

    def before_batch(self) -> None:
        if self.training:
            self.tb += 1
            self.sizes.append(len(self.xb[0]))
        else:
            self.vb += 1

    def before_epoch(self) -> None:
        self.ep += 1

    def before_step(self) -> None:
        self.lrs.append(float(self.learn.opt.hypers[-1]["lr"]))

    def after_step(self) -> None:
        self.st += 1


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="fa")
    observed, error, phase, c = {}, None, "build", C()
    with capture() as sink:
        try:
            with time_limit(30):
                n, m = env["dataset_size"], env["eval_dataset_size"]

                def mk(k):
                    return [(torch.ones(3) * i, torch.ones(1)) for i in range(k)]

                d = config["dataloader"]
                tr = DataLoader(mk(n), bs=d["bs"], **{k: v for k, v in d.items() if k != "bs"})
                va = DataLoader(mk(m), bs=d["bs"])
                model = torch.nn.Linear(3, 1)
                learn = Learner(
                    DataLoaders(tr, va), model, loss_func=torch.nn.MSELoss(), opt_func=SGD, cbs=[c], path=tmp, lr=0.1
                )
                phase = "fit"
                callbacks = [GradientAccumulation(config["grad_accum_n_acc"])] if "grad_accum_n_acc" in config else []
                with learn.no_bar(), learn.no_logging():
                    getattr(learn, config["method"])(*config["args"], cbs=callbacks, **config.get("kwargs", {}))
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    observed = {
        "train_batches": c.tb,
        "samples_seen": sum(c.sizes),
        "batch_sizes": brief(c.sizes, 40),
        "valid_batches": c.vb,
        "optimizer_steps": c.st,
        "epochs": c.ep,
        "lr_first": rounded(c.lrs[0]) if c.lrs else None,
        "lr_last": rounded(c.lrs[-1]) if c.lrs else None,
        "lr_max": rounded(max(c.lrs)) if c.lrs else None,
        "lr_series": brief([rounded(x) for x in c.lrs], 60),
    }
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, fastai.__version__)
