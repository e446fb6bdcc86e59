"""What a loop around accelerate.Accelerator really does, on the CPU."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG001
# mypy: ignore-errors

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from recording import WORLD, brief, capture, described, merge_ranks, replay, rounded, run_forked, time_limit, told

os.environ["ACCELERATE_USE_CPU"] = "true"
import accelerate
import torch
from accelerate import Accelerator, DataLoaderConfiguration
from accelerate.state import AcceleratorState, GradientState
from accelerate.utils import GradientAccumulationPlugin

torch.set_num_threads(1)


class Map(torch.utils.data.Dataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: Any) -> Any:
        return torch.tensor([float(i % 5), 1.0, 2.0]), torch.tensor(i)


class Iter(torch.utils.data.IterableDataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __iter__(self) -> Iterator[Any]:
        for i in range(self.n):
            yield torch.tensor([float(i % 5), 1.0, 2.0]), torch.tensor(i)


def one(config: Any, env: Any) -> Any:
    AcceleratorState._reset_state(reset_partial_state=False)
    GradientState._reset_state()
    phase, error = "build", None
    seen, lrs, sync, metric_n = [], [], [], 0
    raw_len = prep_len = None
    last_lr = None
    with capture(["accelerate"]) as sink:
        try:
            with time_limit(60):
                a = dict(config.get("accelerator", {}))
                if "dataloader_config" in a:
                    a["dataloader_config"] = DataLoaderConfiguration(**a["dataloader_config"])
                if "gradient_accumulation_plugin" in a:
                    a["gradient_accumulation_plugin"] = GradientAccumulationPlugin(**a["gradient_accumulation_plugin"])
                acc = Accelerator(cpu=True, **a)
                D = Iter if env.get("dataset_kind") == "iterable" else Map
                dl = torch.utils.data.DataLoader(
                    D(env["dataset_size"]), batch_size=config["batch_size"], drop_last=config.get("drop_last", False)
                )
                model = torch.nn.Linear(3, 1)
                opt = torch.optim.SGD(model.parameters(), lr=0.1)
                opt.register_step_post_hook(lambda op, *_: lrs.append(op.param_groups[0]["lr"]))
                raw_len = None if D is Iter else len(dl)
                sched = None
                if config.get("scheduler"):
                    T = config["scheduler"]["total_steps"]
                    if T == "raw":  # the usual bug: computed before prepare()
                        T = raw_len * config["epochs"]
                    if T == "raw_over_accum":
                        T = -(-raw_len // config.get("accum", 1)) * config["epochs"]
                    sched = torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, total_iters=T)
                phase = "prepare"
                pm, po, pdl = acc.prepare(model, opt, dl)
                ps = acc.prepare(sched) if sched and config["scheduler"].get("prepared", True) else sched
                prep_len = None if D is Iter else len(pdl)
                phase = "loop"
                for _ep in range(config["epochs"]):
                    for i, (x, idx) in enumerate(pdl):
                        seen.append(idx.tolist())
                        metric_n += len(acc.gather_for_metrics(idx))
                        if config.get("loop") == "manual":
                            loss = (pm(x) ** 2).mean() / config["accum"]
                            acc.backward(loss)
                            if (i + 1) % config["accum"] == 0 or (
                                config.get("flush_last", False) and i + 1 == len(pdl)
                            ):
                                po.step()
                                if ps:
                                    ps.step()
                                po.zero_grad()
                            continue
                        with acc.accumulate(pm):
                            loss = (pm(x) ** 2).mean()
                            acc.backward(loss)
                            sync.append(bool(acc.sync_gradients))
                            po.step()
                            if ps:
                                ps.step()
                            po.zero_grad()
                last_lr = opt.param_groups[0]["lr"]
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    flat = [i for b in seen for i in b]
    observed = {
        "raw_dataloader_len": raw_len,
        "prepared_dataloader_len": prep_len,
        "optimizer_steps": len(lrs),
        "micro_batches": len(seen),
        "sync_steps": sum(sync),
        "samples_seen": len(flat),
        "distinct_samples": len(set(flat)),
        "batch_sizes": brief([len(b) for b in seen], 40),
        "gather_for_metrics_samples": metric_n,
        "lr_first": rounded(lrs[0]) if lrs else None,
        "lr_last": rounded(lrs[-1]) if lrs else None,
        "lr_after": rounded(last_lr) if last_lr is not None else None,
    }
    if WORLD > 1:
        observed["_rank"] = {"sizes": [len(b) for b in seen], "idx": flat}
    return observed, error, told(sink)


def one_forked(config: Any, env: Any) -> Any:
    def rank_main(rank: Any) -> Any:
        o, e, w = one(config, env)
        return {"observed": o, "error": e, "warnings": w}

    return merge_ranks(run_forked(rank_main, WORLD, 12))


if __name__ == "__main__":
    replay(one if WORLD == 1 else one_forked, {"torch": torch.__version__}, accelerate.__version__)
