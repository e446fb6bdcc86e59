"""What PyTorch really does: lengths of loaders, samplers, splits, schedulers in a loop."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from recording import brief, capture, described, replay, rounded, time_limit, told
from torch.optim import lr_scheduler as L
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    random_split,
)

torch.set_num_threads(1)


class Map(Dataset):
    def __init__(self, n: Any) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: Any) -> Any:
        return i


class Iter(IterableDataset):
    def __init__(self, n: Any, shard: Any = False, declared: Any = None) -> None:
        self.n, self.shard, self.declared = n, shard, declared

    def __iter__(self) -> Iterator[Any]:
        w = torch.utils.data.get_worker_info()
        for i in range(self.n):
            if not (self.shard and w) or i % w.num_workers == w.id:
                yield i


class IterLen(Iter):
    def __len__(self) -> int:
        return self.declared if self.declared is not None else self.n


def mk_sampler(spec: Any, ds: Any) -> Any:
    k, a = spec["class"], dict(spec.get("args", {}))
    if k == "DistributedSampler":
        return DistributedSampler(ds, **a)
    if k == "RandomSampler":
        return RandomSampler(ds, **a)
    if k == "SequentialSampler":
        return SequentialSampler(ds)
    if k == "SubsetRandomSampler":
        return SubsetRandomSampler(list(range(a["n"])))
    if k == "WeightedRandomSampler":
        return WeightedRandomSampler([1.0] * a.pop("n_weights"), **a)
    raise ValueError(k)


def run_loader(config: Any, env: Any) -> Any:
    a = dict(config["dataloader"])
    ds = {"map": Map, "iterable": Iter}.get(env.get("dataset_kind", "map"))
    if ds is None:
        d = (IterLen if env["dataset_kind"].startswith("iterable_len") else Iter)(
            env["dataset_size"], shard=env.get("sharded", False), declared=env.get("declared_len")
        )
    else:
        d = (
            ds(env["dataset_size"])
            if env.get("dataset_kind", "map") == "map"
            else Iter(env["dataset_size"], shard=env.get("sharded", False))
        )
    if "sampler" in a:
        a["sampler"] = mk_sampler(a["sampler"], d)
    if "batch_sampler" in a:
        b = a.pop("batch_sampler")
        a["batch_sampler"] = BatchSampler(mk_sampler(b["sampler"], d), b["batch_size"], b["drop_last"])
    dl = DataLoader(d, **a)
    try:
        n = len(dl)
    except TypeError:
        n = "TypeError"
    seen = [x.tolist() if hasattr(x, "tolist") else x for x in dl]
    flat = [i for b in seen for i in (b if isinstance(b, list) else [b])]
    return {
        "len": n,
        "batches": len(seen),
        "samples": len(flat),
        "distinct_samples": len(set(flat)),
        "batch_sizes": brief([len(b) if isinstance(b, list) else "scalar" for b in seen], 60),
    }


def run_split(config: Any, env: Any) -> Any:
    parts = random_split(Map(env["dataset_size"]), config["random_split"])
    return {"part_sizes": [len(p) for p in parts]}


def build_sched(spec: Any, o: Any) -> Any:
    a = dict(spec.get("args", {}))
    if spec["class"] == "SequentialLR":
        return L.SequentialLR(o, [build_sched(s, o) for s in a["schedulers"]], milestones=a["milestones"])
    if spec["class"] == "ChainedScheduler":
        return L.ChainedScheduler([build_sched(s, o) for s in a["schedulers"]])
    if spec["class"] == "LambdaLR":
        return L.LambdaLR(o, {"halve": lambda e: 0.5**e, "inv": lambda e: 1 / (e + 1)}[a["lambda"]])
    return getattr(L, spec["class"])(o, **a)


def run_sched(config: Any, env: Any) -> Any:
    p = torch.nn.Parameter(torch.ones(1))
    o = getattr(torch.optim, config.get("optimizer", "SGD"))([p], lr=config.get("lr", 0.1))
    s = build_sched(config["scheduler"], o)
    lrs = []
    metric = config.get("metric_series")
    state = {"lrs": lrs}
    try:
        for ep in range(env["epochs"]):
            for b in range(env["steps_per_epoch"]):
                if config.get("order") == "scheduler_first":
                    s.step()
                lrs.append(o.param_groups[0]["lr"])
                p.grad = torch.ones(1)
                if (b + 1) % config.get("accumulate", 1) == 0 or (b + 1) == env["steps_per_epoch"]:
                    o.step()
                if (
                    config["step_per"] == "batch"
                    and config.get("order") != "scheduler_first"
                    and (
                        (b + 1) % config.get("accumulate", 1) == 0
                        or (b + 1) == env["steps_per_epoch"]
                        or config.get("scheduler_every_microbatch")
                    )
                ):
                    s.step()
            if config["step_per"] == "epoch":
                s.step(*([metric[min(ep, len(metric) - 1)]] if metric else []))
    finally:
        state.update(
            lr_first=rounded(lrs[0]) if lrs else None,
            lr_last=rounded(lrs[-1]) if lrs else None,
            steps=len(lrs),
            lr_max=rounded(max(lrs)) if lrs else None,
            lr_min=rounded(min(lrs)) if lrs else None,
            lr_after=rounded(o.param_groups[0]["lr"]),
            scheduler_last_epoch=getattr(s, "last_epoch", None),
            lr_series=brief([rounded(v) for v in lrs], 80),
        )
        state.pop("lrs")
        run_sched.last = state
    return state


def one(kind: Any, config: Any, env: Any) -> Any:
    observed, error = None, None
    run_sched.last = None
    with capture() as sink:
        try:
            with time_limit(60):
                observed = {"loader": run_loader, "split": run_split, "sched": run_sched}[kind](config, env)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, kind)
            observed = run_sched.last
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {}, torch.__version__, kinds=True)
