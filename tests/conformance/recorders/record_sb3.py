"""What Stable-Baselines3 really does in a trivial environment."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG002
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import gymnasium as gym
import numpy as np
import stable_baselines3 as sb3
import torch
from recording import brief, capture, described, replay, rounded, time_limit, told
from stable_baselines3.common.callbacks import BaseCallback, CheckpointCallback, EvalCallback
from stable_baselines3.common.env_util import make_vec_env

torch.set_num_threads(1)


class Env(gym.Env):
    """Episodes of exactly `length` steps, so that nothing depends on luck."""

    def __init__(self, length: Any = 10, box: Any = False) -> None:
        self.observation_space = gym.spaces.Box(-1, 1, (2,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32) if box else gym.spaces.Discrete(2)
        self.length, self.t = length, 0

    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        self.t = 0
        return np.zeros(2, np.float32), {}

    def step(self, a: Any) -> Any:
        self.t += 1
        return np.full(2, self.t / self.length, np.float32), 1.0, self.t >= self.length, False, {}


class C(BaseCallback):
    def __init__(self) -> None:
        super().__init__()
        self.calls, self.rollouts = 0, 0

    def _on_step(self) -> Any:
        self.calls += 1
        return True

    def _on_rollout_start(self) -> None:
        self.rollouts += 1


def one(config: Any, env: Any) -> Any:
    tmp, tmp2 = tempfile.mkdtemp(prefix="sb"), tempfile.mkdtemp(prefix="sbe")
    observed, error, phase, m, c, steps, ev = {}, None, "build", None, C(), [0], None
    with capture() as sink:
        try:
            with time_limit(60):
                algo = config["algo"]
                box = algo in ("SAC", "TD3")
                e = make_vec_env(lambda: Env(env.get("episode_length", 10), box), n_envs=env["n_envs"])
                a = dict(config["args"])
                if isinstance(a.get("train_freq"), list):
                    a["train_freq"] = tuple(a["train_freq"])
                m = getattr(sb3, algo)("MlpPolicy", e, device="cpu", policy_kwargs={"net_arch": [4]}, **a)
                opts = [m.policy.optimizer] if hasattr(m.policy, "optimizer") and m.policy.optimizer is not None else []
                if algo in ("SAC", "TD3"):
                    opts = [m.critic.optimizer]
                for o in opts:
                    o.register_step_post_hook(lambda *_: steps.__setitem__(0, steps[0] + 1))
                callbacks = [c]
                for x in config.get("callbacks", []):
                    if x["class"] == "CheckpointCallback":
                        callbacks.append(CheckpointCallback(save_path=tmp, name_prefix="m", **x["args"]))
                    else:
                        ev = EvalCallback(
                            make_vec_env(lambda: Env(5, box), n_envs=1), verbose=0, log_path=tmp2, **x["args"]
                        )
                        callbacks.append(ev)
                phase = "learn"
                m.learn(config["total_timesteps"], callback=callbacks, **config.get("learn", {}))
                if config.get("learn_again"):
                    m.learn(config["learn_again"]["total_timesteps"], **config["learn_again"].get("args", {}))
        except BaseException as x:
            if isinstance(x, KeyboardInterrupt):
                raise
            error = described(x, phase)
    if m is not None:
        observed = {
            "num_timesteps": int(m.num_timesteps),
            "optimizer_steps": steps[0],
            "n_updates_attr": int(getattr(m, "_n_updates", 0)),
            "callback_calls": c.calls,
            "rollouts": c.rollouts,
            "evaluations_at_timesteps": list(ev.evaluations_timesteps) if ev else None,
            "checkpoint_files": brief(
                sorted((f for f in os.listdir(tmp)), key=lambda s: int("".join(filter(str.isdigit, s)) or 0)), 20
            ),
            "progress_remaining": rounded(m._current_progress_remaining),
        }
    shutil.rmtree(tmp, ignore_errors=True)
    shutil.rmtree(tmp2, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__, "gymnasium": gym.__version__}, sb3.__version__)
