"""fastai.Learner."""

from __future__ import annotations

from cases import Case, Vector, highest, number, version
from data_text import Data
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "fastai")
    loader = config["dataloader"]
    samples = config.get("grad_accum_n_acc")
    if case.completes:
        case.put(
            total_micro_batches=observed["train_batches"],
            total_steps=observed["optimizer_steps"],
            samples_seen=observed["samples_seen"],
            epochs_run=observed["epochs"],
        )
        if samples is None and observed["epochs"]:
            case.put(
                micro_batches_per_epoch=observed["train_batches"] // observed["epochs"],
                steps_per_epoch=observed["optimizer_steps"] // observed["epochs"],
                micro_batch_size=loader["bs"],
            )
        if observed["optimizer_steps"]:
            case.lr(observed["lr_first"], highest(observed["lr_series"]), observed["lr_last"], tolerance=1e-5)
    script = Script(case)
    data = Data(script)
    script.imp(
        "import torch",
        "from fastai.data.all import DataLoader, DataLoaders",
        "from fastai.learner import Learner",
        "from fastai.optimizer import SGD",
        "from fastai.callback.all import *",
    )

    def rows(size: int, part: str, quantity: str) -> str:
        if data.hidden:
            return f"[(torch.tensor(row), torch.ones(1)) for row in {data.rows(size, part, quantity)}]"
        if number(case.id, "rows") % 2:
            return f"[(torch.randn(3), torch.randn(1)) for _ in range({script.opt(part + '_size', size)})]"
        return f"list(zip(torch.randn({size}, 3), torch.randn({size}, 1)))"

    script.do(
        "train_dl = "
        + script.call(
            "DataLoader", loader, first=[rows(env["dataset_size"], "train", "dataset_size")], group="loader_args"
        )
    )
    validation = rows(env["eval_dataset_size"], "valid", "eval_dataset_size")
    script.do(f"valid_dl = DataLoader({validation}, bs={script.opt('bs', loader['bs'])})")
    script.do(
        "model = torch.nn.Linear(3, 1)",
        "learn = Learner(DataLoaders(train_dl, valid_dl), model, loss_func=torch.nn.MSELoss(), opt_func=SGD, lr=0.1)",
    )
    names = ("epochs", *["max_lr"] * len(config["args"]))
    positional = [script.opt(name, value) for name, value in zip(names, config["args"], strict=False)]
    if config["method"] == "fit_sgdr":
        positional = [repr(value) for value in config["args"]]
    fixed = []
    if samples is not None:
        script.imp("from fastai.callback.training import GradientAccumulation")
        fixed.append(("cbs", f"[GradientAccumulation({script.opt('accumulation_samples', samples)})]"))
    script.do(
        script.call(
            f"learn.{config['method']}", config.get("kwargs", {}), first=positional, fixed=fixed, group="fit_args"
        )
    )
    case.files["train.py"] = script.text()
    case.requirements(
        f"fastai=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    case.assume["world_size"] = 1
    return case
