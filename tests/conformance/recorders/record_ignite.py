"""What ignite.engine.Engine really does."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG005
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import ignite
import torch
from ignite.engine import Engine, Events
from recording import brief, capture, described, replay, time_limit, told

torch.set_num_threads(1)


def one(config: Any, env: Any) -> Any:
    observed, error, phase = {}, None, "build"
    seen, fired, ep = [], [], [0, 0]
    e = None
    with capture(["ignite"]) as sink:
        try:
            with time_limit(5):
                n, bs = env["dataset_size"], config["batch_size"]
                batches = [list(range(i, min(i + bs, n))) for i in range(0, n, bs)]
                data = (
                    iter(batches)
                    if env.get("dataset_kind") == "iterator"
                    else (batches if env.get("dataset_kind") != "none" else None)
                )
                e = Engine(lambda eng, b: seen.append(len(b) if b is not None else 0))
                e.add_event_handler(Events.EPOCH_STARTED, lambda *_: ep.__setitem__(0, ep[0] + 1))
                e.add_event_handler(Events.EPOCH_COMPLETED, lambda *_: ep.__setitem__(1, ep[1] + 1))
                if "event" in config:
                    f = dict(config["event"])
                    name = f.pop("name")
                    if "once" in f and isinstance(f["once"], list):
                        f["once"] = f["once"]
                    e.add_event_handler(
                        getattr(Events, name)(**f) if f else getattr(Events, name),
                        lambda eng: fired.append([eng.state.epoch, eng.state.iteration]),
                    )
                if config.get("terminate_at"):
                    e.add_event_handler(
                        Events.ITERATION_COMPLETED(once=config["terminate_at"]),
                        lambda eng: getattr(eng, config.get("terminate", "terminate"))(),
                    )
                phase = "run"
                e.run(data, **config["run"])
        except BaseException as x:
            if isinstance(x, KeyboardInterrupt):
                raise
            error = described(x, phase)
    if e is not None:
        s = e.state
        observed = {
            "iterations": len(seen),
            "samples_seen": sum(seen),
            "state_iteration": s.iteration,
            "state_epoch": s.epoch,
            "state_max_epochs": s.max_epochs,
            "state_epoch_length": s.epoch_length,
            "epochs_started": ep[0],
            "epochs_completed": ep[1],
            "event_fired_at_epoch_iteration": brief(fired, 40),
        }
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__}, ignite.__version__)
