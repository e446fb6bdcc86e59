"""What DeepSpeed really does: batch sizes, schedulers, the Trainer's "auto" values, a CPU engine of one process."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG001
# mypy: ignore-errors

from __future__ import annotations

import os
from typing import Any

from recording import capture, described, replay, rounded, run_forked, time_limit, told

os.environ.setdefault("DS_ACCELERATOR", "cpu")
import deepspeed
import torch
from deepspeed.runtime import lr_schedules as LS
from deepspeed.runtime.config import DeepSpeedConfig

torch.set_num_threads(1)


class Mpu:
    def __init__(self, w: Any) -> None:
        self.w = w

    def get_data_parallel_world_size(self) -> Any:
        return self.w


def batch(config: Any, env: Any) -> Any:
    c = DeepSpeedConfig(dict(config), mpu=Mpu(env["world_size"]))
    return {
        "train_batch_size": c.train_batch_size,
        "train_micro_batch_size_per_gpu": c.train_micro_batch_size_per_gpu,
        "gradient_accumulation_steps": c.gradient_accumulation_steps,
        "world_size": c.world_size,
    }


def sched(config: Any, env: Any) -> Any:
    o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    s = getattr(LS, config["scheduler"]["type"])(o, **config["scheduler"]["params"])
    lrs = []
    for _ in range(env["steps"]):
        lrs.append(o.param_groups[0]["lr"])
        o.step()
        s.step()
    return {
        "lr_first": rounded(lrs[0]),
        "lr_last": rounded(lrs[-1]),
        "lr_after": rounded(o.param_groups[0]["lr"]),
        "lr_series": [rounded(v) for v in lrs],
    }


def hf_auto(config: Any, env: Any) -> Any:
    import copy
    import tempfile

    from transformers import TrainingArguments
    from transformers.integrations.deepspeed import HfTrainerDeepSpeedConfig

    ta = TrainingArguments(output_dir=tempfile.gettempdir(), use_cpu=True, report_to="none", **config["args"])
    h = HfTrainerDeepSpeedConfig(copy.deepcopy(config["deepspeed"]))
    h.trainer_config_process(ta, **({"auto_find_batch_size": False} if config.get("x") else {}))

    class M:
        class config:
            hidden_size = 16

    h.trainer_config_finalize(ta, M, env["num_training_steps"])
    return {"resolved": h.config}


def engine(config: Any, env: Any) -> Any:
    import deepspeed.comm as dist

    os.environ.update(
        {
            "RANK": "0",
            "LOCAL_RANK": "0",
            "WORLD_SIZE": "1",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(20000 + os.getpid() % 20000),
        }
    )
    dist.init_distributed(dist_backend="gloo")
    m = torch.nn.Linear(3, 1)
    steps = []
    e, _o, _, _s = deepspeed.initialize(
        model=m,
        model_parameters=m.parameters(),
        config=config["deepspeed"],
        **({"optimizer": torch.optim.SGD(m.parameters(), lr=0.1)} if "optimizer" not in config["deepspeed"] else {}),
    )
    for _i in range(env["micro_batches"]):
        loss = e(torch.ones(e.train_micro_batch_size_per_gpu(), 3)).mean()
        e.backward(loss)
        b = e.global_steps
        lr = e.get_lr()[0]
        e.step()
        if e.global_steps != b:
            steps.append(lr)
    return {
        "global_steps": e.global_steps,
        "micro_steps": e.micro_steps,
        "global_samples": e.global_samples,
        "gradient_accumulation_steps": e.gradient_accumulation_steps(),
        "train_batch_size": e.train_batch_size(),
        "lr_at_steps": [rounded(x) for x in steps],
    }


KIND = {"batch": batch, "sched": sched, "hf_auto": hf_auto, "engine": engine}


def one(kind: Any, config: Any, env: Any) -> Any:
    if kind == "engine":

        def main(rank: Any) -> Any:
            with capture():
                try:
                    return {"o": KIND[kind](config, env), "e": None}
                except BaseException as x:
                    return {"o": None, "e": described(x, kind)}

        r = run_forked(main, 1, 40)[0]
        return (
            (r["o"], r["e"], [])
            if r
            else (None, {"class": "Deadlock", "gist": "no answer in 40 s", "phase": kind, "raised_in": ""}, [])
        )
    observed, error = None, None
    with capture(["DeepSpeed", "deepspeed", "transformers"]) as sink:
        try:
            with time_limit(60):
                observed = KIND[kind](config, env)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, kind)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, deepspeed.__version__, kinds=True)
