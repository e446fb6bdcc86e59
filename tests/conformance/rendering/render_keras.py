"""keras.Model.fit on arrays, generators, PyDatasets, tf.data and torch loaders."""

from __future__ import annotations

from itertools import accumulate

from cases import Case, Options, Skip, Vector, highest, number, pick, version
from data_text import Data
from script_text import IDIOMS, Script

F32 = 2e-5  # relative: what single precision allows
BACKENDS = {"tensorflow": "tensorflow-cpu==2.21.0", "torch": "torch==2.13.0", "jax": "jax==0.10.2"}


def sources(
    script: Script, datasets: Data, kind: str, size: int, spec: Options, fit: Options, part: str, quantity: str
) -> tuple[str, str | None]:
    """Write arrays (x, y) of so many rows; return text for what is handed to fit, y apart only for arrays."""
    script.imp("import numpy as np")
    x, y = f"x_{part}", f"y_{part}"
    if datasets.hidden:
        rows = datasets.rows(size, part, quantity)
        script.do(f'{x} = np.array({rows}, dtype="float32").reshape(-1, 3)', f"{y} = {x}.sum(axis=1, keepdims=True)")
    else:
        way = number(script.id, "arrays") % 3
        if way == 0:
            script.do(f'{x} = np.zeros(({size}, 3), dtype="float32")', f'{y} = np.ones(({size}, 1), dtype="float32")')
        elif way == 1:
            script.do(
                "rng = np.random.default_rng(0)",
                f'{x} = rng.standard_normal(({size}, 3)).astype("float32")',
                f"{y} = {x}.sum(axis=1, keepdims=True)",
            )
        else:
            rows = script.opt("train_size" if part == "train" else "val_size", size)
            script.do(
                f'{x} = np.random.rand({rows}, 3).astype("float32")',
                f'{y} = np.random.rand({rows}, 1).astype("float32")',
            )
    batch = spec.get("batch", fit.get("batch_size", 32) or 32) if part == "train" else spec.get("batch", 32)
    drop = spec.get("drop_remainder", False)
    if kind == "arrays":
        return x, y
    b = (
        script.opt("batch_size" if part == "train" else "val_batch_size", batch)
        if "batch_size" not in fit or part != "train"
        else script.opt("loader_batch_size", batch)
    )
    dr = f", drop_remainder={script.opt('drop_remainder', drop)}" if drop else ""
    if kind.startswith("generator"):
        datasets.define_once(
            "gen" + kind,
            """
            def endless_batches(x, y, batch_size):
                while True:
                    for start in range(0, len(x), batch_size):
                        yield x[start:start + batch_size], y[start:start + batch_size]
        """
            if kind.endswith("infinite")
            else """
            def batches(x, y, batch_size):
                for start in range(0, len(x), batch_size):
                    yield x[start:start + batch_size], y[start:start + batch_size]
        """,
        )
        return f"{'endless_' if kind.endswith('infinite') else ''}batches({x}, {y}, {b})", None
    if kind == "pydataset":
        script.imp("import math", "import keras")
        datasets.define_once(
            "pydataset",
            """
            class Batches(keras.utils.PyDataset):
                def __init__(self, x, y, batch_size, **kwargs):
                    super().__init__(**kwargs)
                    self.x, self.y, self.batch_size = x, y, batch_size

                def __len__(self):
                    return math.ceil(len(self.x) / self.batch_size)

                def __getitem__(self, index):
                    low = index * self.batch_size
                    high = low + self.batch_size
                    return self.x[low:high], self.y[low:high]
        """,
        )
        return f"Batches({x}, {y}, {b})", None
    if kind == "dataloader":
        script.imp("import torch", "from torch.utils.data import DataLoader, TensorDataset")
        dl = f", drop_last={script.opt('drop_last', drop)}" if drop else ""
        return f"DataLoader(TensorDataset(torch.tensor({x}), torch.tensor({y})), batch_size={b}{dl})", None
    if kind.startswith("tfdata"):
        script.imp("import tensorflow as tf")
        name = f"{part}_ds"
        if kind == "tfdata_generator":
            datasets.define_once(
                "tfgen",
                """
                def rows_of(x, y):
                    def rows():
                        for index in range(len(x)):
                            yield x[index], y[index]
                    return rows
            """,
            )
            script.do(
                f"{name} = tf.data.Dataset.from_generator(\n"
                f"    rows_of({x}, {y}),\n"
                "    output_signature=(tf.TensorSpec((3,)), tf.TensorSpec((1,))),\n"
                ")",
                f"{name} = {name}.batch({b}{dr})",
            )
            return name, None
        chain = {
            "tfdata": f".batch({b}{dr})",
            "tfdata_batch_repeat": f".batch({b}{dr}).repeat()",
            "tfdata_repeat_batch": f".repeat().batch({b}{dr})",
            "tfdata_repeat2_batch": f".repeat(2).batch({b}{dr})",
        }[kind]
        script.do(f"{name} = tf.data.Dataset.from_tensor_slices(({x}, {y})){chain}")
        return name, None
    raise Skip(f"data of kind {kind}")


def expectations(case: Case, config: Options, env: Options, observed: Options) -> None:
    """Expect what the recorder saw running eagerly."""
    if not case.completes:
        return
    fit, data = config["fit"], config["data"]
    callbacks = {callback["class"]: callback.get("args", {}) for callback in config.get("callbacks", [])}
    window = config.get("optimizer", {}).get("gradient_accumulation_steps") or 1
    per_epoch = observed.get("steps_per_epoch_observed") or []
    batches = observed.get("train_batches")
    batch = data.get("batch", fit.get("batch_size", 32) or 32)
    if data["kind"] == "arrays" and fit.get("steps_per_epoch") and not fit.get("batch_size"):
        sizes = observed.get("batch_sizes") or [0]  # as many batches as steps, not batches of 32
        batch = max(sizes["head"] if isinstance(sizes, dict) else sizes)
    if isinstance(fit.get("batch_size"), int | None) and isinstance(batch, int) and batch > 0 and batches:
        case.put(micro_batch_size=batch, gradient_accumulation_steps=window, global_batch_size=batch * window)
    if _compiled_run_may_differ(case, config, env, observed):
        case.put(total_micro_batches=batches, samples_seen=observed.get("samples_seen"))
        return
    stops_early = "EarlyStopping" in callbacks
    if not stops_early:
        case.put(total_micro_batches=batches, samples_seen=observed.get("samples_seen"))
        case.put(total_steps=observed.get("optimizer_iterations"))
        if per_epoch and all(per_epoch) and sum(per_epoch) == batches:
            case.put(epochs_run=len(per_epoch))
    if len(set(per_epoch)) == 1 and per_epoch[0] > 0:
        case.put(micro_batches_per_epoch=per_epoch[0], steps_per_epoch=per_epoch[0] if window == 1 else None)
    tests = observed.get("evaluations_epoch_and_batches") or []
    sizes = {batches_of_test for _, batches_of_test in tests}
    if len(sizes) == 1 and 0 not in sizes and fit.get("validation_steps") in (None, *sizes):
        case.put(validation_steps=sizes.pop())
    if stops_early:
        return
    begun = observed.get("epochs_begun") or []
    if sum(per_epoch) == batches and len(begun) == len(per_epoch):
        done = dict(zip(begun, accumulate(per_epoch), strict=True))
        case.events["evaluations"] = [done[epoch] // window for epoch, _ in tests if epoch in done]
        _expect_checkpoints(case, config, callbacks.get("ModelCheckpoint"), done, window)
    if batches and "ReduceLROnPlateau" not in callbacks:
        _expect_rates(case, config, observed, window)


def _compiled_run_may_differ(case: Case, config: Options, env: Options, observed: Options) -> bool:
    """Tell whether a user's compiled run can count other updates than the eager one that was recorded."""
    if not observed.get("train_batches") and env.get("dataset_size") == 0:
        return True
    compiled = observed.get("compiled_mode") or {}
    if "optimizer_iterations" in compiled:
        return bool(compiled["optimizer_iterations"] != observed.get("optimizer_iterations"))
    if case.vector.get("backend", "tensorflow") != "tensorflow":
        return False
    kind = config["data"]["kind"]
    if kind == "tfdata_generator" or (kind == "generator" and "steps_per_epoch" not in config["fit"]):
        return True
    return any("ran out of data" in warning.get("text", "") for warning in case.vector.get("warnings", []))


def _expect_checkpoints(
    case: Case, config: Options, checkpoint: Options | None, done: dict[int, int], window: int
) -> None:
    """Expect the updates at which files were written; their names tell the epoch (from 1) and perhaps the batch."""
    files = case.observed.get("checkpoint_files")
    if checkpoint is None:
        case.events["checkpoints"] = []
        return
    if checkpoint.get("save_best_only") or not isinstance(files, list):
        return
    if checkpoint.get("save_freq", "epoch") == "epoch" and "filepath" not in checkpoint:
        epochs = sorted(int(name[1:4]) for name in files)
        case.events["checkpoints"] = [done[epoch - 1] // window for epoch in epochs if epoch - 1 in done]
    elif "{batch" in str(checkpoint.get("filepath")) and window == 1 and not config.get("compile"):
        # Where several batches are executed at once, the name counts batches that were not there.
        named = [(int(name[1:4]), int(name.split("-b")[1][:4])) for name in files]
        case.events["checkpoints"] = sorted(done.get(epoch - 2, 0) + batch for epoch, batch in named)


def _expect_rates(case: Case, config: Options, observed: Options, window: int) -> None:
    """Expect the rates of the batches, also of those that only accumulate.

    On jax the recorder divided the count of batches by the window before it asked the schedule, which Keras does not:
    there such rates are left out.
    """
    scheduled = isinstance(config.get("optimizer", {}).get("learning_rate"), dict)
    if not (scheduled and window > 1 and case.vector.get("backend") == "jax"):
        series = observed.get("lr_series")
        case.lr(observed.get("lr_first"), highest(series), observed.get("lr_last"), tolerance=F32)


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "keras")
    backend = vector.get("backend", "tensorflow")
    if backend == "jax" and case.error and "'NoneType' object is not callable" in case.error.get("gist", ""):
        raise Skip("recorder's own failure under this backend")
    if case.error and case.error.get("phase") == "data" and case.error["class"] in ("NameError", "AttributeError"):
        raise Skip("recorder's own failure")
    expectations(case, config, env, observed)
    fit, data = dict(config["fit"]), config["data"]
    script = Script(case, pick(case.id, "keras-idiom", [i for i in IDIOMS if i != "yaml"]))
    if backend != "tensorflow" or number(case.id, "backend") % 3 == 0:
        script.imp(f'os.environ["KERAS_BACKEND"] = "{backend}"')
    script.imp("import keras")
    datasets = Data(script)
    options = dict(config.get("optimizer", {}))
    rate = options.pop("learning_rate", 0.01)
    options.pop("class", None)
    x, y = sources(script, datasets, data["kind"], env["dataset_size"], data, fit, "train", "dataset_size")
    first = [x] + ([y] if y else [])
    fixed = []
    val = data.get("validation")
    if val:
        vx, vy = sources(script, datasets, val["kind"], env["eval_dataset_size"], val, {}, "val", "eval_dataset_size")
        fixed.append(("validation_data", f"({vx}, {vy})" if vy else vx))
    script.do("model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])")
    if isinstance(rate, dict):
        script.do(
            "learning_rate = "
            + script.call(f"keras.optimizers.schedules.{rate['class']}", rate["args"], group="schedule")
        )
        text = script.call(
            "keras.optimizers.SGD", options, fixed=[("learning_rate", "learning_rate")], group="optimizer_args"
        )
    else:
        text = script.call("keras.optimizers.SGD", {"learning_rate": rate, **options}, group="optimizer_args")
    script.do(f"optimizer = {text}")
    compiling = config.get("compile", {})
    script.do(
        "model.compile("
        + "".join(
            ['optimizer=optimizer, loss="mse"']
            + [f", {key}={script.opt(key, value)}" for key, value in compiling.items()]
            + ([", run_eagerly=True"] if compiling else [])
        )
        + ")"
    )
    callbacks = []
    for callback in config.get("callbacks", []):
        options = dict(callback.get("args", {}))
        if callback["class"] == "LearningRateScheduler":
            callbacks.append("keras.callbacks.LearningRateScheduler(lambda epoch, lr: 0.1 / (epoch + 1))")
            continue
        extra = []
        if callback["class"] == "ModelCheckpoint":
            script.imp("import os")
            name = options.pop("filepath", "e{epoch:03d}.weights.h5")
            extra = [("filepath", f'os.path.join("checkpoints", {name!r})')]
        callbacks.append(
            script.call(f"keras.callbacks.{callback['class']}", options, fixed=extra, group=callback["class"].lower())
        )
    if callbacks:
        script.do("callbacks = [\n" + "".join(f"    {text},\n" for text in callbacks) + "]")
        fixed.append(("callbacks", "callbacks"))
    script.do(script.call("model.fit", fit, first=first, fixed=fixed, group="fit_args"))
    case.files["train.py"] = script.text()
    pins = [BACKENDS[backend]]
    if data["kind"] == "dataloader" and backend != "torch":
        pins.append(BACKENDS["torch"])
    case.requirements(f"keras=={version(vector['framework_version'])}", *pins)
    case.assume["world_size"] = 1
    return case
