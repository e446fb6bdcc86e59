"""optax schedules and gradient accumulation in a loop over arrays."""

from __future__ import annotations

from cases import Case, Options, Vector, highest, number, pick, version
from script_text import Script


def schedule_text(spec: Options, script: Script | None = None) -> str:
    options = dict(spec.get("args", {}))
    if spec["fn"] == "join_schedules":
        return (
            "optax.join_schedules(\n    schedules=["
            + ", ".join(schedule_text(one) for one in options["schedules"])
            + f"],\n    boundaries={options['boundaries']!r},\n)"
        )
    if "boundaries_and_scales" in options:
        scales = options["boundaries_and_scales"]
        options["boundaries_and_scales"] = {int(step): scale for step, scale in scales.items()}
    if script is not None and all(not isinstance(value, dict | list) for value in options.values()):
        return script.call(f"optax.{spec['fn']}", options, group="schedule")
    return f"optax.{spec['fn']}(" + ", ".join(f"{key}={value!r}" for key, value in options.items()) + ")"


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "optax")
    script = Script(
        case, pick(case.id, "optax-idiom", ["literal", "constants", "argparse", "dataclass", "dict", "splat", "json"])
    )
    script.imp("import jax", "import jax.numpy as jnp", "import optax")
    wrapper = config.get("wrapper")
    micro = env.get("steps", env.get("micro_batches"))
    spec = config.get("schedule", config.get("learning_rate"))
    rate = schedule_text(spec, script) if isinstance(spec, dict) else script.opt("learning_rate", spec)
    script.do(f"schedule = {rate}", "optimizer = optax.sgd(schedule)")
    if wrapper:
        a = wrapper["args"]
        if wrapper["fn"] == "MultiSteps":
            script.do("optimizer = " + script.call("optax.MultiSteps", a, first=["optimizer"], group="multi_steps"))
        else:
            script.do(
                "optimizer = optax.chain(" + script.call("optax.apply_every", a, group="apply_every") + ", optimizer)"
            )
    script.define('def loss_fn(params, x, y):\n    return jnp.mean((x @ params["w"] + params["b"] - y) ** 2)')
    batch = pick(case.id, "batch", [2, 4])
    hidden = number(case.id, "hidden") % 3 == 0
    script.imp("import numpy as np")
    if hidden:
        case.assume["dataset_size"] = micro * batch
        script.imp("import os")
        script.define(
            "def load_rows(name):\n"
            '    with open(os.path.join(os.environ["DATA_DIR"], name)) as handle:\n'
            '        return [[float(value) for value in line.split(",")] for line in handle if line.strip()]'
        )
        script.do('x_train = np.array(load_rows("train.csv"))')
    else:
        script.do(f"x_train = np.zeros(({micro * batch}, 3)) + 1.0")
    script.do(
        "y_train = x_train.sum(axis=1)",
        f"batch_size = {script.opt('batch_size', batch)}",
        'params = {"w": jnp.zeros(3), "b": jnp.zeros(())}',
        "opt_state = optimizer.init(params)",
        "for start in range(0, len(x_train), batch_size):\n"
        "    x, y = x_train[start:start + batch_size], y_train[start:start + batch_size]\n"
        "    grads = jax.grad(loss_fn)(params, x, y)\n"
        "    updates, opt_state = optimizer.update(grads, opt_state, params)\n"
        "    params = optax.apply_updates(params, updates)",
    )
    case.files["train.py"] = script.text()
    if case.completes:
        case.put(total_micro_batches=micro)
        if "schedule" in config:
            case.put(total_steps=micro)
            values = observed["values"]
            if isinstance(values, list) and "nan" not in values:
                case.lr(observed["first"], highest(values), observed["last"], tolerance=2e-5)
        elif wrapper is None or wrapper["fn"] == "MultiSteps":
            k = (wrapper or {}).get("args", {}).get("every_k_schedule", 1)
            if not isinstance(config["learning_rate"], dict):
                case.put(total_steps=observed["updates_applied"])
            if isinstance(k, int) and k:
                case.put(gradient_accumulation_steps=k)
    case.assume["world_size"] = 1
    case.requirements(f"optax=={version(vector['framework_version'])}", f"jax=={version(vector['versions']['jax'])}")
    return case
