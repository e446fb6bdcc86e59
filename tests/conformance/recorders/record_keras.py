"""What keras.Model.fit really does with one dense layer; KERAS_BACKEND names the backend."""

# The environment is set before the framework is imported; signatures are the framework's; types are not checked:
# the framework is not there.
# ruff: noqa: ARG002, ARG005, E402
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

from recording import brief, capture, described, replay, rounded, time_limit, told

BACKEND = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import contextlib

import keras
import numpy as np

try:
    import tensorflow as tf
except Exception:
    tf = None
try:
    import torch

    torch.set_num_threads(1)
except Exception:
    torch = None


class Counter:
    def __init__(self) -> None:
        self.batches, self.lrs, self.updates, self.test_batches = [], [], 0, []


class Counting(keras.Sequential):
    """train_step/test_step note the batch size, the learning rate in force and whether weights moved."""

    def attach(self, c: Any) -> None:
        object.__setattr__(self, "_c", c)

    def train_step(self, *a: Any) -> Any:
        data = a[-1]
        x = data[0] if isinstance(data, (tuple, list)) else data
        c = self._c
        c.batches.append(int(x.shape[0]))
        if BACKEND == "jax":  # stateless: variables are empty during fit, their values travel in a[0]
            opt, ov = self.optimizer, a[0][2]
            sch, it = opt._learning_rate, int(ov[0]) // (opt.gradient_accumulation_steps or 1)
            c.lrs.append(
                float(sch(it)) if isinstance(sch, keras.optimizers.schedules.LearningRateSchedule) else float(ov[1])
            )
        else:
            c.lrs.append(float(np.asarray(keras.ops.convert_to_numpy(self.optimizer.learning_rate))))
        if BACKEND == "jax":
            before = [np.asarray(v) for v in a[0][0]]
            out = super().train_step(*a)
            after = [np.asarray(v) for v in out[1][0]]
        else:
            before = [keras.ops.convert_to_numpy(v).copy() for v in self.trainable_variables]
            out = super().train_step(*a)
            after = [keras.ops.convert_to_numpy(v) for v in self.trainable_variables]
        c.updates += any((p != q).any() for p, q in zip(before, after, strict=False))
        return out

    def test_step(self, *a: Any) -> Any:
        data = a[-1]
        x = data[0] if isinstance(data, (tuple, list)) else data
        self._c.test_batches.append(int(x.shape[0]))
        return super().test_step(*a)


class Hooks(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.epochs_begun, self.epochs_ended, self.per_epoch, self.test_runs = [], [], [], []
        self.batch_ends = 0
        self.batch_end_idx = []
        self.in_fit = False

    def on_epoch_begin(self, epoch: Any, logs: Any = None) -> None:
        self.epochs_begun.append(epoch)
        self.per_epoch.append(len(self.model._c.batches))

    def on_epoch_end(self, epoch: Any, logs: Any = None) -> None:
        self.epochs_ended.append(epoch)
        self.per_epoch[-1] = len(self.model._c.batches) - self.per_epoch[-1]

    def on_train_batch_end(self, batch: Any, logs: Any = None) -> None:
        self.batch_ends += 1
        self.batch_end_idx.append(int(batch))

    def on_test_begin(self, logs: Any = None) -> None:
        self.test_runs.append([self.epochs_begun[-1] if self.epochs_begun else None, len(self.model._c.test_batches)])

    def on_test_end(self, logs: Any = None) -> None:
        self.test_runs[-1][1] = len(self.model._c.test_batches) - self.test_runs[-1][1]


class Seq(keras.utils.PyDataset):
    def __init__(self, x: Any, y: Any, bs: Any, **kw: Any) -> None:
        super().__init__(**kw)
        self.x, self.y, self.bs = x, y, bs

    def __len__(self) -> int:
        return -(-len(self.x) // self.bs)

    def __getitem__(self, i: Any) -> Any:
        return self.x[i * self.bs : (i + 1) * self.bs], self.y[i * self.bs : (i + 1) * self.bs]


def arrays(n: Any, seed: Any = 0) -> Any:
    r = np.random.default_rng(seed)
    return r.standard_normal((n, 3)).astype("float32"), r.standard_normal((n, 1)).astype("float32")


def make_data(kind: Any, n: Any, bs: Any, drop: Any = False) -> Any:
    x, y = arrays(n)
    if kind == "arrays":
        return x, y
    if kind == "generator":

        def g() -> Iterator[Any]:
            for i in range(0, n, bs):
                yield x[i : i + bs], y[i : i + bs]

        return g(), None
    if kind == "generator_infinite":

        def g() -> Iterator[Any]:
            while True:
                for i in range(0, n, bs):
                    yield x[i : i + bs], y[i : i + bs]

        return g(), None
    if kind.startswith("tfdata"):
        d = tf.data.Dataset.from_tensor_slices((x, y))
        if kind == "tfdata_batch_repeat":
            return d.batch(bs, drop_remainder=drop).repeat(), None
        if kind == "tfdata_repeat_batch":
            return d.repeat().batch(bs, drop_remainder=drop), None
        if kind == "tfdata_repeat2_batch":
            return d.repeat(2).batch(bs, drop_remainder=drop), None
        if kind == "tfdata_generator":

            def g() -> Iterator[Any]:
                for i in range(n):
                    yield x[i], y[i]

            d = tf.data.Dataset.from_generator(g, output_signature=(tf.TensorSpec((3,)), tf.TensorSpec((1,))))
            return d.batch(bs, drop_remainder=drop), None
        return d.batch(bs, drop_remainder=drop), None
    if kind == "dataloader":
        ds = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y))
        return torch.utils.data.DataLoader(ds, batch_size=bs, drop_last=drop), None
    if kind == "pydataset":
        return Seq(x, y, bs), None
    raise ValueError(kind)


SCHED = {
    "ExponentialDecay": lambda k: keras.optimizers.schedules.ExponentialDecay(**k),
    "CosineDecay": lambda k: keras.optimizers.schedules.CosineDecay(**k),
    "PolynomialDecay": lambda k: keras.optimizers.schedules.PolynomialDecay(**k),
    "PiecewiseConstantDecay": lambda k: keras.optimizers.schedules.PiecewiseConstantDecay(**k),
    "InverseTimeDecay": lambda k: keras.optimizers.schedules.InverseTimeDecay(**k),
    "CosineDecayRestarts": lambda k: keras.optimizers.schedules.CosineDecayRestarts(**k),
}


def build_lr(spec: Any) -> Any:
    if isinstance(spec, dict):
        return SCHED[spec["class"]](spec["args"])
    return spec


def one(config: Any, env: Any) -> Any:
    """cfg: {"fit": {...}, "data": {...}, "optimizer": {...}, "compile": {...}, "callbacks": [...]}"""
    keras.utils.set_random_seed(0)
    c, h = Counter(), Hooks()
    tmp = tempfile.mkdtemp(prefix="kr")
    phase = "build"
    observed = {}
    error = None
    with capture(["tensorflow", "absl"]) as sink:
        try:
            with time_limit(60):
                data = config["data"]
                m = Counting([keras.Input((3,)), keras.layers.Dense(1)])
                m.attach(c)
                opt = dict(config.get("optimizer", {}))
                lr = build_lr(opt.pop("learning_rate", 0.01))
                opt.pop("class", None)
                phase = "compile"
                m.compile(
                    optimizer=keras.optimizers.SGD(learning_rate=lr, **opt),
                    loss="mse",
                    run_eagerly=True,
                    **config.get("compile", {}),
                )
                phase = "data"
                fit = dict(config["fit"])
                x, y = make_data(
                    data["kind"],
                    env["dataset_size"],
                    data.get("batch", fit.get("batch_size", 32) or 32),
                    data.get("drop_remainder", False),
                )
                kw = {}
                if y is not None:
                    kw["y"] = y
                val = data.get("validation")
                if val:
                    vx, vy = make_data(
                        val["kind"], env["eval_dataset_size"], val.get("batch", 32), val.get("drop_remainder", False)
                    )
                    kw["validation_data"] = (vx, vy) if vy is not None else vx
                callbacks = [h]
                for cb in config.get("callbacks", []):
                    a = dict(cb.get("args", {}))
                    if cb["class"] == "ModelCheckpoint":
                        a["filepath"] = os.path.join(tmp, a.get("filepath", "e{epoch:03d}.weights.h5"))
                    if cb["class"] == "LearningRateScheduler":
                        callbacks.append(keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1)))
                    else:
                        callbacks.append(getattr(keras.callbacks, cb["class"])(**a))
                phase = "fit"
                hist = m.fit(x, verbose=0, callbacks=callbacks, **kw, **fit)
                observed["history_epochs"] = list(hist.epoch)
                observed["history_keys"] = sorted(hist.history)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    with contextlib.suppress(Exception):
        observed.update(
            {
                "optimizer_iterations": int(keras.ops.convert_to_numpy(m.optimizer.iterations)),
                "optimizer_raw_iterations": int(keras.ops.convert_to_numpy(m.optimizer._iterations)),
            }
        )
    observed.update(
        {
            "train_batches": len(c.batches),
            "weight_updates": c.updates,
            "samples_seen": sum(c.batches),
            "batch_sizes": brief(c.batches, 40),
            "epochs_begun": h.epochs_begun,
            "epochs_ended": h.epochs_ended,
            "steps_per_epoch_observed": h.per_epoch,
            "train_batch_end_calls": h.batch_ends,
            "train_batch_end_indices": brief(h.batch_end_idx, 30),
            "evaluations": len(h.test_runs),
            "evaluations_epoch_and_batches": h.test_runs,
            "eval_samples": sum(c.test_batches),
            "lr_first": rounded(c.lrs[0], 7) if c.lrs else None,
            "lr_last": rounded(c.lrs[-1], 7) if c.lrs else None,
            "lr_series": brief([rounded(v, 7) for v in c.lrs], 60),
        }
    )
    files = sorted(f for _, _, fs in os.walk(tmp) for f in fs)
    observed["checkpoint_files"] = brief(files, 30)
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


class Plain(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.ends, self.per_epoch = 0, []

    def on_epoch_begin(self, epoch: Any, logs: Any = None) -> None:
        self.per_epoch.append(0)

    def on_train_batch_end(self, batch: Any, logs: Any = None) -> None:
        self.per_epoch[-1] = int(batch) + 1


def compiled(config: Any, env: Any) -> Any:
    """The same configuration as a user runs it (tf.function / jit), counted only from outside."""
    keras.utils.set_random_seed(0)
    cb = Plain()
    data, fit = config["data"], dict(config["fit"])
    opt = dict(config.get("optimizer", {}))
    lr = build_lr(opt.pop("learning_rate", 0.01))
    m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with capture(["tensorflow", "absl"]):
        try:
            with time_limit(60):
                m.compile(
                    optimizer=keras.optimizers.SGD(learning_rate=lr, **opt), loss="mse", **config.get("compile", {})
                )
                x, y = make_data(
                    data["kind"],
                    env["dataset_size"],
                    data.get("batch", fit.get("batch_size", 32) or 32),
                    data.get("drop_remainder", False),
                )
                kw = {} if y is None else {"y": y}
                val = data.get("validation")
                if val:
                    vx, vy = make_data(
                        val["kind"], env["eval_dataset_size"], val.get("batch", 32), val.get("drop_remainder", False)
                    )
                    kw["validation_data"] = (vx, vy) if vy is not None else vx
                m.fit(x, verbose=0, callbacks=[cb], **kw, **fit)
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            return {"error": described(e, "compiled")}
    return {
        "optimizer_iterations": int(keras.ops.convert_to_numpy(m.optimizer.iterations)),
        "optimizer_raw_iterations": int(keras.ops.convert_to_numpy(m.optimizer._iterations)),
        "last_batch_index_plus_1_per_epoch": cb.per_epoch,
    }


def observe(config: Any, env: Any) -> Any:
    """Run eagerly, with hooks in every step; with TensorFlow again compiled, as a user runs it."""
    observed, error, warned = one(config, env)
    if BACKEND == "tensorflow" and not config.get("callbacks") and error is None:
        observed["compiled_mode"] = compiled(config, env)
    return observed, error, warned


if __name__ == "__main__":
    replay(observe, {}, keras.__version__)
