"""What timm's schedulers really do in the usual loop."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import timm
import torch
from recording import brief, capture, described, replay, rounded, time_limit, told
from timm.scheduler import create_scheduler_v2


def one(config: Any, env: Any) -> Any:
    observed, error = None, None
    with capture() as sink:
        try:
            with time_limit(20):
                o = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
                s, n = create_scheduler_v2(o, **config["scheduler"])
                config["scheduler"].get("updates_per_epoch", env["updates_per_epoch"])
                lr_e, lr_u, upd = [], [], 0
                start = 0
                for ep in range(start, n if n is not None else 1):
                    for _ in range(env["updates_per_epoch"]):
                        lr_u.append(o.param_groups[0]["lr"])
                        upd += 1
                        if s is not None:
                            s.step_update(num_updates=upd, metric=1.0)
                    lr_e.append(o.param_groups[0]["lr"])
                    if s is not None:
                        s.step(ep + 1, 1.0)
                observed = {
                    "num_epochs": n,
                    "updates": upd,
                    "lr_first": rounded(lr_u[0]) if lr_u else None,
                    "lr_last": rounded(lr_u[-1]) if lr_u else None,
                    "lr_per_update": brief([rounded(x) for x in lr_u], 80),
                }
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, "run")
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, timm.__version__)
