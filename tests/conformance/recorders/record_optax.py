"""What optax schedules and MultiSteps really do."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax
from recording import brief, capture, described, replay, rounded, time_limit, told


def build(s: Any) -> Any:
    a = dict(s.get("args", {}))
    if "boundaries_and_scales" in a:  # JSON makes texts of the steps
        a["boundaries_and_scales"] = {int(step): scale for step, scale in a["boundaries_and_scales"].items()}
    if s["fn"] == "join_schedules":
        return optax.join_schedules([build(x) for x in a["schedules"]], a["boundaries"])
    return getattr(optax, s["fn"])(**a)


def one(config: Any, env: Any) -> Any:
    observed, error = None, None
    with capture(["absl"]) as sink:
        try:
            with time_limit(60):
                if "schedule" in config:
                    f = build(config["schedule"])
                    v = [rounded(f(i), 7) for i in range(env["steps"])]
                    observed = {"values": brief(v, 80), "first": v[0], "last": v[-1]}
                else:
                    f = (
                        build(config["learning_rate"])
                        if isinstance(config["learning_rate"], dict)
                        else config["learning_rate"]
                    )
                    tx = optax.sgd(f)
                    w = config.get("wrapper")
                    if w and w["fn"] == "MultiSteps":
                        tx = optax.MultiSteps(tx, **w["args"])
                    elif w and w["fn"] == "apply_every":
                        tx = optax.chain(optax.apply_every(**w["args"]), tx)
                    p = {"w": jnp.ones(1)}
                    st = tx.init(p)
                    ups = []
                    for _i in range(env["micro_batches"]):
                        u, st = tx.update({"w": jnp.ones(1)}, st, p)
                        p = optax.apply_updates(p, u)
                        ups.append(rounded(-u["w"][0], 7))
                    observed = {"updates_applied": sum(1 for x in ups if x), "update_sizes": ups}
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, "run")
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"jax": jax.__version__}, optax.__version__)
