"""What Megatron-LM makes of its arguments: its own validation and micro-batch calculator, without training."""

# The environment is set before the framework is imported; types are not checked: the framework is not there.
# ruff: noqa: E402
# mypy: ignore-errors

from __future__ import annotations

import importlib.machinery
import os
import sys
import types
import typing
from typing import Any, ClassVar

import typing_extensions
from recording import brief, capture, described, replay, rounded, time_limit, told

typing.override = typing_extensions.override  # Python 3.11
import torch
import torch._dynamo
import torch._inductor.compile_fx
import torch._inductor.cpu_vec_isa
import torch._inductor.runtime.hints
import torch._inductor.utils


class _Any:
    def __init__(self, *a: Any, **k: Any) -> None:
        pass

    def __getattr__(self, n: Any) -> Any:
        return _Any()

    def __call__(self, *a: Any, **k: Any) -> Any:
        return a[0] if len(a) == 1 and callable(a[0]) and not k else _Any()

    def __getitem__(self, k: Any) -> Any:
        return _Any()


class _Mod(types.ModuleType):
    __path__: ClassVar[list[str]] = []

    def __getattr__(self, n: Any) -> Any:
        if n.startswith("__"):
            raise AttributeError(n)
        return _Any()


for n in ("triton", "triton.language", "triton.runtime", "triton.language.extra", "triton.language.extra.libdevice"):
    m = _Mod(n)
    m.__version__, m.__file__, m.__spec__ = "0.0.0", "stub", importlib.machinery.ModuleSpec(n, None)
    sys.modules[n] = m
sys.modules["triton"].language = sys.modules["triton.language"]
with capture():
    from megatron.core import num_microbatches_calculator as nmc
    from megatron.core.optimizer_param_scheduler import OptimizerParamScheduler
    from megatron.training.arguments import parse_args, validate_args

import megatron.training.arguments as _A

_A.get_device_arch_version = lambda: 9  # else every run with model parallelism asks for a GPU
BASE = [
    "--num-layers",
    "2",
    "--hidden-size",
    "8",
    "--num-attention-heads",
    "4",
    "--seq-length",
    "8",
    "--max-position-embeddings",
    "8",
    "--mock-data",
    "--vocab-size",
    "32",
    "--tokenizer-type",
    "NullTokenizer",
]
KEEP = (
    "world_size",
    "data_parallel_size",
    "tensor_model_parallel_size",
    "pipeline_model_parallel_size",
    "context_parallel_size",
    "micro_batch_size",
    "global_batch_size",
    "rampup_batch_size",
    "train_iters",
    "train_samples",
    "lr_decay_iters",
    "lr_decay_samples",
    "lr_warmup_iters",
    "lr_warmup_samples",
    "lr_warmup_fraction",
    "lr_decay_style",
    "eval_interval",
    "eval_iters",
    "save_interval",
    "log_interval",
    "lr",
    "min_lr",
    "lr_wsd_decay_iters",
)


def flags(c: Any) -> Any:
    out = []
    for k, v in c.items():
        out.append("--" + k.replace("_", "-"))
        if isinstance(v, list):
            out += [str(x) for x in v]
        elif v is not True:
            out.append(str(v))
    return out


def one(config: Any, env: Any) -> Any:
    observed, error, phase = None, None, "parse"
    with capture(["megatron"]) as sink:
        try:
            with time_limit(30):
                os.environ["WORLD_SIZE"], os.environ["RANK"] = str(env["world_size"]), "0"
                sys.argv = ["pretrain", *BASE, *flags(config)]
                a = parse_args()
                phase = "validate"
                a = validate_args(a, {})
                observed = {k: getattr(a, k, None) for k in KEEP}
                phase = "microbatches"
                nmc.unset_num_microbatches_calculator()
                nmc.init_num_microbatches_calculator(
                    0,
                    a.rampup_batch_size,
                    a.global_batch_size,
                    a.micro_batch_size,
                    a.data_parallel_size,
                    a.decrease_batch_size_if_needed,
                )
                consumed, iters, series = 0, 0, []
                while iters < 400:
                    if a.train_iters is not None and iters >= a.train_iters:
                        break
                    if a.train_iters is None and (a.train_samples is None or consumed >= a.train_samples):
                        break
                    nmc.update_num_microbatches(consumed, consistency_check=False, verbose=False)
                    series.append([nmc.get_num_microbatches(), nmc.get_current_global_batch_size()])
                    consumed += nmc.get_current_global_batch_size()
                    iters += 1
                observed.update(
                    {
                        "iterations": iters,
                        "consumed_samples": consumed,
                        "microbatches_and_global_batch": brief(series, 40),
                    }
                )
                if a.lr is not None and a.train_iters:
                    phase = "scheduler"
                    o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=a.lr)
                    g = a.global_batch_size  # as training.get_optimizer_param_scheduler does
                    dec = (a.lr_decay_iters or a.train_iters) * g
                    wu = a.lr_warmup_fraction * dec if a.lr_warmup_fraction is not None else a.lr_warmup_iters * g
                    s = OptimizerParamScheduler(
                        o,
                        init_lr=a.lr_warmup_init,
                        max_lr=a.lr,
                        min_lr=a.min_lr,
                        lr_warmup_steps=wu,
                        lr_decay_steps=dec,
                        lr_decay_style=a.lr_decay_style,
                        start_wd=0.0,
                        end_wd=0.0,
                        wd_incr_steps=a.train_iters * g,
                        wd_incr_style="constant",
                    )
                    lrs = []
                    for _, gb in series:
                        lrs.append(rounded(o.param_groups[0]["lr"], 8))
                        s.step(increment=gb)
                    observed.update({"lr_first": lrs[0], "lr_last": lrs[-1], "lr_series": brief(lrs, 40)})
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, "git " + os.environ.get("MEGATRON_COMMIT", "?")[:12])
