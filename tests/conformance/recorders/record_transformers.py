"""What transformers.Trainer really does, on the CPU, with a model of one layer; with transformers 4 too."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG001, ARG002, ARG005
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

from recording import (
    WORLD,
    NeverEnds,
    brief,
    capture,
    described,
    merge_ranks,
    replay,
    rounded,
    run_forked,
    time_limit,
    told,
)

os.environ["ACCELERATE_USE_CPU"] = "true"
import accelerate
import torch
import transformers
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments

torch.set_num_threads(1)
transformers.logging.set_verbosity_warning()
MAJOR = int(transformers.__version__.split(".")[0])
RANK = 0


class Map(torch.utils.data.Dataset):
    def __init__(self, n: Any) -> None:
        g = torch.Generator().manual_seed(0)
        self.x = torch.randn(max(n, 1), 3, generator=g)[:n]

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, i: Any) -> Any:
        return {"x": self.x[i], "labels": self.x[i].sum(0, keepdim=True), "idx": torch.tensor(i)}


class Iter(torch.utils.data.IterableDataset):
    def __init__(self, n: Any) -> None:
        self.d = Map(n)

    def __iter__(self) -> Iterator[Any]:
        for i in range(len(self.d)):
            yield self.d[i]


class IterLen(Iter):
    def __len__(self) -> int:
        return len(self.d)


class Tiny(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.l = torch.nn.Linear(3, 1)
        self.seen = []
        self.evals = 0

    def forward(self, x: Any = None, labels: Any = None, idx: Any = None) -> Any:
        if self.training:
            self.seen.append(idx.tolist())
        else:
            self.evals += 1
        p = self.l(x)
        return {"loss": ((p - labels) ** 2).mean(), "logits": p}


class Hooks(TrainerCallback):
    def __init__(self, stop_at: Any = None) -> None:
        self.ev, self.sv, self.lg, self.lgl, self.eb, self.ee = [], [], [], [], [], []
        self.stop_at = stop_at
        self.model_seen = None
        self.per_epoch = []

    def on_epoch_begin(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.eb.append(s.global_step)
        if len(self.eb) > 300 and s.global_step == 0:
            raise NeverEnds("300 epochs begun, optimizer never stepped")
        self.per_epoch.append(-len(self.model_seen))

    def on_epoch_end(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.ee.append(s.global_step)
        self.per_epoch[-1] += len(self.model_seen)

    def on_evaluate(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.ev.append(s.global_step)

    def on_save(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.sv.append(s.global_step)

    def on_log(self, a: Any, s: Any, c: Any, logs: Any = None, **k: Any) -> None:
        self.lg.append(s.global_step)
        if logs and "loss" in logs:
            self.lgl.append(s.global_step)

    def on_step_end(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        if self.stop_at and s.global_step >= self.stop_at:
            c.should_training_stop = True
            c.should_save = True


class CountingTrainer(Trainer):
    def create_optimizer(self, *a: Any, **k: Any) -> Any:
        opt = super().create_optimizer(*a, **k)
        o = self.optimizer
        if not hasattr(o, "_oracle"):
            o._oracle = True
            self.lrs = []
            o.register_step_post_hook(lambda op, *_: self.lrs.append(op.param_groups[0]["lr"]))
        return opt


def build(config: Any, env: Any, out: Any, model: Any, hooks: Any) -> Any:
    args = dict(config["args"])
    base = {"output_dir": out, "report_to": "none", "disable_tqdm": True, "use_cpu": True}
    if WORLD > 1:
        base["ddp_backend"] = "gloo"
    ta = TrainingArguments(**{**base, **args})
    kind = env.get("dataset_kind", "map")
    D = {"map": Map, "iterable": Iter, "iterable_len": IterLen}[kind]
    kw = {}
    if config.get("compute_metrics") == "constant":
        kw["compute_metrics"] = lambda p: {"m": 1.0}
    callbacks = [hooks]
    callbacks += [EarlyStoppingCallback(**c["EarlyStoppingCallback"]) for c in config.get("callbacks", [])]
    ev = Map(env["eval_dataset_size"]) if env.get("eval_dataset_size") is not None else None
    if env.get("eval_dataset_names"):
        ev = {k: Map(env["eval_dataset_size"]) for k in env["eval_dataset_names"]}
    return CountingTrainer(
        model=model, args=ta, train_dataset=D(env["dataset_size"]), eval_dataset=ev, callbacks=callbacks, **kw
    )


def one(config: Any, env: Any) -> Any:
    tmp = env.get("_tmp") or tempfile.mkdtemp(prefix="hf")
    env = {k: v for k, v in env.items() if k != "_tmp"}
    phase = "args"
    error, observed = None, {}
    t = None
    with capture(["transformers", "accelerate", "transformers.trainer"]) as sink:
        try:
            with time_limit(25):
                torch.manual_seed(0)
                first = None
                if "resume" in config:
                    m0, h0 = Tiny(), Hooks(stop_at=config["resume"]["stop_after"])
                    h0.model_seen = m0.seen
                    t0 = build(
                        {**config, "args": {**config["args"], **config["resume"].get("first_args", {})}},
                        env,
                        tmp,
                        m0,
                        h0,
                    )
                    t0.train()
                    first = {"global_step": t0.state.global_step, "micro_batches": len(m0.seen), "saves": h0.sv}
                model, hooks = Tiny(), Hooks()
                hooks.model_seen = model.seen
                t = build(config, env, tmp, model, hooks)
                phase = "train"
                out = t.train(resume_from_checkpoint=True) if first else t.train()
                phase = "after"
                if first:
                    observed["first_run"] = first
                observed["train_output_global_step"] = out.global_step
                observed["train_metrics_epoch"] = rounded(out.metrics.get("epoch", -1), 8)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    if t is not None:
        s = t.state
        seen = model.seen
        if len(hooks.eb) > len(hooks.ee):
            hooks.per_epoch[-1] += len(seen)  # the epoch that was cut off by an exception
        lrs = getattr(t, "lrs", [])
        allidx = [i for b in seen for i in b]
        try:
            dl = len(t.get_train_dataloader())
        except Exception:
            dl = None
        observed.update(
            {
                "global_step": s.global_step,
                "max_steps": s.max_steps,
                "num_train_epochs": s.num_train_epochs if s.num_train_epochs < 10**9 else "maxsize",
                "state_epoch": rounded(s.epoch, 8) if s.epoch is not None else None,
                "optimizer_steps": len(lrs),
                "micro_batches": len(seen),
                "micro_batches_per_epoch": brief(hooks.per_epoch, 40),
                "samples_seen": sum(map(len, seen)),
                "distinct_samples": len(set(allidx)),
                "batch_sizes": brief([len(b) for b in seen], 40),
                "epochs_begun": len(hooks.eb),
                "epochs_ended": len(hooks.ee),
                "evaluations_at": hooks.ev,
                "saves_at": hooks.sv,
                "train_loss_logs_at": brief(hooks.lgl, 60),
                "log_calls": len(hooks.lg),
                "eval_forward_calls": model.evals,
                "dataloader_len": dl,
                "total_train_batch_size": t.get_total_train_batch_size(t.args),
                "warmup_steps": t.args.get_warmup_steps(s.max_steps) if s.max_steps else None,
                "resolved": {"logging_steps": s.logging_steps, "eval_steps": s.eval_steps, "save_steps": s.save_steps},
                "lr_first": rounded(lrs[0]) if lrs else None,
                "lr_last": rounded(lrs[-1]) if lrs else None,
                "lr_max": rounded(max(lrs)) if lrs else None,
                "lr_after": rounded(t.optimizer.param_groups[0]["lr"])
                if getattr(t, "optimizer", None) is not None
                else None,
                "lr_series": brief([rounded(v) for v in lrs], 60),
            }
        )
        if WORLD > 1:
            observed["_rank"] = {"sizes": [len(b) for b in seen], "idx": allidx}
    left = (
        sorted(int(d.split("-")[1]) for d in os.listdir(tmp) if d.startswith("checkpoint-"))
        if os.path.isdir(tmp)
        else []
    )
    observed["checkpoints_on_disk"] = left
    if WORLD == 1:
        shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


def one_forked(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="hf")

    def rank_main(rank: Any) -> Any:
        o, e, w = one(config, {**env, "_tmp": tmp})
        return {"observed": o, "error": e, "warnings": w}

    res = run_forked(rank_main, WORLD, 15)
    shutil.rmtree(tmp, ignore_errors=True)
    return merge_ranks(res)


if __name__ == "__main__":
    replay(
        one if WORLD == 1 else one_forked,
        {"torch": torch.__version__, "accelerate": accelerate.__version__},
        transformers.__version__,
    )
