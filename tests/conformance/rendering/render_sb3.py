"""Stable-Baselines3."""

from __future__ import annotations

from cases import Case, Skip, Vector, version
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    options, algo = dict(config["args"]), config["algo"]
    if "learn_again" in config:
        raise Skip("two calls of learn in one file")
    if isinstance(options.get("train_freq"), list) and not vector.get("error"):
        raise Skip("the number of updates depends on the length of episodes")
    case = Case(vector, "stable-baselines3")
    case.match = ["stable-baselines3", "sb3"]
    script = Script(case)
    script.imp(f"from stable_baselines3 import {algo}", "from stable_baselines3.common.env_util import make_vec_env")
    environments = script.opt("n_envs", env["n_envs"])
    script.do(
        f'env = make_vec_env("{"Pendulum-v1" if algo in ("SAC", "TD3") else "CartPole-v1"}", n_envs={environments})'
    )
    fixed = []
    if isinstance(options.get("train_freq"), list):
        fixed.append(("train_freq", repr(tuple(options.pop("train_freq")))))
    script.do("model = " + script.call(algo, options, first=['"MlpPolicy"', "env"], fixed=fixed, group="model_args"))
    more = []
    for callback in config.get("callbacks", []):
        script.imp(f"from stable_baselines3.common.callbacks import {callback['class']}")
        if callback["class"] == "CheckpointCallback":
            more.append(
                script.call(
                    "CheckpointCallback", callback["args"], fixed=[("save_path", '"checkpoints"')], group="checkpoint"
                )
            )
        else:
            more.append(
                script.call(
                    "EvalCallback",
                    callback["args"],
                    first=['make_vec_env("CartPole-v1", n_envs=1)'],
                    group="evaluation",
                )
            )
    script.do(
        f"model.learn(total_timesteps={script.opt('total_timesteps', config['total_timesteps'])}"
        + (f", callback=[{', '.join(more)}]" if more else "")
        + ")"
    )
    case.files["train.py"] = script.text()
    if case.completes and algo not in ("SAC", "TD3"):  # those step several optimizers
        case.put(total_steps=observed["optimizer_steps"])
    case.assume["world_size"] = 1
    case.requirements(
        f"stable-baselines3=={version(vector['framework_version'])}",
        f"gymnasium=={version(vector['versions']['gymnasium'])}",
        f"torch=={version(vector['versions']['torch'])}",
    )
    return case
