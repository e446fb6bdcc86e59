"""What lightning.pytorch.Trainer really does, on the CPU, with a module of one layer."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG001, ARG002
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import lightning
import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers.logger import Logger
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

torch.set_num_threads(1)


class Mem(Logger):
    """In-memory logger: which steps reached the logger."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = []

    @property
    def name(self) -> Any:
        return "mem"

    @property
    def version(self) -> Any:
        return 0

    def log_hyperparams(self, *a: Any, **k: Any) -> None:
        pass

    def log_metrics(self, metrics: Any, step: Any = None) -> None:
        self.rows.append((step, sorted(metrics)))


class Map(torch.utils.data.Dataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: Any) -> Any:
        return torch.tensor([float(i % 7), 1.0, -1.0]), torch.tensor(i)


class Iter(torch.utils.data.IterableDataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __iter__(self) -> Iterator[Any]:
        for i in range(self.n):
            yield torch.tensor([float(i % 7), 1.0, -1.0]), torch.tensor(i)


class Mod(pl.LightningModule):
    def __init__(self, config: Any) -> None:
        super().__init__()
        self.l = torch.nn.Linear(3, 1)
        self.cfg = config
        self.seen, self.val_batches, self.lrs, self.sched_steps = [], 0, [], 0

    def training_step(self, batch: Any, i: Any) -> Any:
        x, idx = batch
        self.seen.append(idx.tolist())
        loss = (self.l(x) ** 2).mean()
        self.log("train_loss", loss, **self.cfg.get("log", {}))
        return loss

    def validation_step(self, batch: Any, i: Any) -> None:
        self.val_batches += 1
        self.log("val_loss", torch.tensor(1.0))

    def on_validation_epoch_end(self) -> None:
        pass

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        self.sched_steps += 1
        super().lr_scheduler_step(scheduler, metric)

    def configure_optimizers(self) -> Any:
        s = self.cfg.get("scheduler")
        o = torch.optim.SGD(self.parameters(), lr=0.1)
        o.register_step_post_hook(lambda op, *_: self.lrs.append(op.param_groups[0]["lr"]))
        if not s:
            return o
        a = dict(s.get("args", {}))
        for k, v in list(a.items()):
            if v == "estimated_stepping_batches":
                a[k] = self.trainer.estimated_stepping_batches
        sch = getattr(torch.optim.lr_scheduler, s["class"])(o, **a)
        d = {"scheduler": sch, **s.get("config", {})}
        return {"optimizer": o, "lr_scheduler": d}


class Hooks(Callback):
    def __init__(self) -> None:
        self.eb, self.ee, self.val, self.sanity = [], [], [], 0
        self.batch_end = 0
        self.per_epoch = []

    def on_train_epoch_start(self, t: Any, m: Any) -> None:
        self.eb.append(t.global_step)
        if len(self.eb) > 300 and t.global_step == 0:
            raise NeverEnds("300 epochs begun, optimizer never stepped")
        self.per_epoch.append(-len(m.seen))

    def on_train_epoch_end(self, t: Any, m: Any) -> None:
        self.ee.append(t.global_step)
        self.per_epoch[-1] += len(m.seen)

    def on_train_batch_end(self, t: Any, m: Any, *a: Any) -> None:
        self.batch_end += 1

    def on_validation_start(self, t: Any, m: Any) -> None:
        if t.sanity_checking:
            self.sanity += 1
        else:
            self.val.append([t.current_epoch, len(m.seen), t.global_step])


def loader(kind: Any, n: Any, bs: Any, drop: Any) -> Any:
    if kind == "map":
        return torch.utils.data.DataLoader(Map(n), batch_size=bs, drop_last=drop, shuffle=False)
    return torch.utils.data.DataLoader(Iter(n), batch_size=bs, drop_last=drop)


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="pl")
    phase, error, observed, t, m, mem, est = "build", None, {}, None, None, None, None
    hooks = Hooks()
    saves = []
    with capture(["lightning.pytorch", "lightning.fabric", "lightning"]) as sink:
        try:
            with time_limit(25):
                torch.manual_seed(0)
                d = config["dataloader"]
                m = Mod(config)
                mem = Mem()
                callbacks = [hooks]
                for c in config.get("callbacks", []):
                    a = dict(c["args"])
                    if c["class"] == "ModelCheckpoint":
                        a.setdefault("dirpath", tmp)
                        if a.get("monitor") is None:
                            a.setdefault("filename", "{epoch}-{step}")
                        import datetime

                        if "train_time_interval" in a:
                            a["train_time_interval"] = datetime.timedelta(seconds=a["train_time_interval"])
                        cb = ModelCheckpoint(**a)
                        osave = cb._save_checkpoint

                        def rec(tr: Any, fp: Any, osave: Any = osave) -> Any:
                            saves.append([tr.current_epoch, tr.global_step])
                            return osave(tr, fp)

                        cb._save_checkpoint = rec
                        callbacks.append(cb)
                    elif c["class"] == "EarlyStopping":
                        callbacks.append(EarlyStopping(**a))
                config["trainer"].setdefault(
                    "enable_checkpointing", any(c["class"] == "ModelCheckpoint" for c in config.get("callbacks", []))
                )
                kw = dict(config["trainer"])
                if WORLD > 1:
                    kw.update(devices=WORLD, strategy="ddp")
                t = pl.Trainer(
                    accelerator="cpu",
                    logger=mem,
                    default_root_dir=tmp,
                    enable_progress_bar=False,
                    enable_model_summary=False,
                    callbacks=callbacks,
                    **kw,
                )
                phase = "fit"
                tr = loader(
                    env.get("dataset_kind", "map"), env["dataset_size"], d["batch_size"], d.get("drop_last", False)
                )
                va = None
                if env.get("eval_dataset_size") is not None:
                    va = loader(
                        env.get("eval_dataset_kind", "map"), env["eval_dataset_size"], d.get("val_batch_size", 2), False
                    )
                t.fit(m, tr, va)
                phase = "after"
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
        try:
            est = t.estimated_stepping_batches
        except BaseException as e:
            est = "error: " + type(e).__name__
    if m is not None:
        if len(hooks.eb) > len(hooks.ee):
            hooks.per_epoch[-1] += len(m.seen)  # the epoch that was cut off by an exception

        def st(f):
            return f() if t is not None else None

        observed.update(
            {
                "global_step": st(lambda: t.global_step),
                "optimizer_steps": len(m.lrs),
                "micro_batches": len(m.seen),
                "micro_batches_per_epoch": brief(hooks.per_epoch, 40),
                "samples_seen": sum(map(len, m.seen)),
                "distinct_samples": len({i for b in m.seen for i in b}),
                "batch_sizes": brief([len(b) for b in m.seen], 40),
                "epochs_begun": len(hooks.eb),
                "epochs_ended": len(hooks.ee),
                "current_epoch": st(lambda: t.current_epoch),
                "validation_runs": len(hooks.val),
                "validation_at_epoch_batches_step": brief(hooks.val, 40),
                "sanity_runs": hooks.sanity,
                "val_batches_total": m.val_batches,
                "num_training_batches": str(st(lambda: t.num_training_batches)),
                "num_val_batches": str(st(lambda: t.num_val_batches)),
                "val_check_batch": str(st(lambda: getattr(t, "val_check_batch", None))),
                "estimated_stepping_batches": est if not isinstance(est, float) else str(est),
                "logged_at": brief(
                    [s for s, k in (mem.rows if mem else []) if any(x.startswith("train_loss") for x in k)], 60
                ),
                "checkpoint_saves_epoch_step": brief(saves, 40),
                "checkpoint_files": brief(
                    sorted(f for _, _, fs in os.walk(tmp) for f in fs if f.endswith(".ckpt")), 20
                ),
                "scheduler_steps": m.sched_steps,
                "lr_first": rounded(m.lrs[0]) if m.lrs else None,
                "lr_last": rounded(m.lrs[-1]) if m.lrs else None,
                "lr_series": brief([rounded(v) for v in m.lrs], 60),
                "should_stop": st(lambda: bool(t.should_stop)),
            }
        )
        if WORLD > 1:
            observed["_rank"] = {"sizes": [len(b) for b in m.seen], "idx": [i for b in m.seen for i in b]}
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


def one_forked(config: Any, env: Any) -> Any:
    config["trainer"].setdefault(
        "enable_checkpointing", any(c["class"] == "ModelCheckpoint" for c in config.get("callbacks", []))
    )

    def rank_main(rank: Any) -> Any:
        o, e, w = one(config, env)
        return {"observed": o, "error": e, "warnings": w}

    return merge_ranks(run_forked(rank_main, WORLD, 15, {"TORCHELASTIC_RUN_ID": "oracle"}))


if __name__ == "__main__":
    replay(one if WORLD == 1 else one_forked, {"torch": torch.__version__}, lightning.__version__)
