"""composer.Trainer."""

from __future__ import annotations

from cases import Case, Options, Vector, highest, version
from data_text import Data
from script_text import Script

MODEL = """
class Regressor(ComposerModel):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 1)

    def forward(self, batch):
        x, _ = batch
        return self.linear(x)

    def loss(self, outputs, batch):
        _, y = batch
        return torch.nn.functional.mse_loss(outputs, y)

    def eval_forward(self, batch, outputs=None):
        return self.forward(batch)

    def get_metrics(self, is_train=False):
        return {}
"""


def expectations(case: Case, config: Options, env: Options, observed: Options) -> None:
    if not case.completes:
        return
    trainer_options, data = config["trainer"], config["dataloader"]
    case.put(
        total_steps=observed["optimizer_steps"],
        total_micro_batches=observed["micro_batches"],
        samples_seen=observed["samples_seen"],
    )
    case.put(global_batch_size=data["batch_size"])
    micro = trainer_options.get("device_train_microbatch_size")
    if micro is None:
        case.put(micro_batch_size=data["batch_size"], gradient_accumulation_steps=1)
    if (
        observed.get("epochs_ended")
        and observed["epochs_begun"] == observed["epochs_ended"]
        and observed["batches_ended"] % observed["epochs_ended"] == 0
        and observed["timestamp"]["batch_in_epoch"] == 0
        and env.get("dataset_kind", "map") == "map"
    ):
        case.put(
            steps_per_epoch=observed["batches_ended"] // observed["epochs_ended"], epochs_run=observed["epochs_ended"]
        )
    case.events["evaluations"] = [one[1] for one in observed["evaluations_at_epoch_batch"]]
    if "save_interval" in trainer_options and "save_num_checkpoints_to_keep" not in trainer_options:
        case.events["checkpoints"] = sorted(
            int(name.split("-ba")[1].split(".")[0]) for name in observed["checkpoint_files"]
        )
    if observed["optimizer_steps"]:
        case.lr(observed["lr_first"], highest(observed["lr_series"]), observed["lr_last"])


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "composer")
    trainer_options = dict(config["trainer"])
    expectations(case, config, env, observed)
    script = Script(case)
    data = Data(script)
    script.imp(
        "import torch",
        "from torch.utils.data import DataLoader",
        "from composer import Trainer",
        "from composer.models import ComposerModel",
    )
    train = data.torch(env["dataset_size"], env.get("dataset_kind", "map"), item="pair")
    val = (
        data.torch_map(env["eval_dataset_size"], part="validation", quantity="eval_dataset_size", item="pair")
        if env.get("eval_dataset_size") is not None
        else None
    )
    script.define(MODEL)
    script.do(
        "train_dataloader = " + script.call("DataLoader", config["dataloader"], first=[train], group="loader_args")
    )
    script.do("model = Regressor()", f"optimizer = torch.optim.SGD(model.parameters(), lr={script.opt('lr', 0.1)})")
    fixed = [
        ("model", "model"),
        ("train_dataloader", "train_dataloader"),
        ("optimizers", "optimizer"),
        ("device", '"cpu"'),
        ("progress_bar", "False"),
    ]
    if val:
        script.do(f"eval_dataloader = DataLoader({val}, batch_size=2)")
        fixed.append(("eval_dataloader", "eval_dataloader"))
    if "scheduler" in config:
        name = config["scheduler"]["class"]
        script.imp(f"from composer.optim import {name}")
        script.do("scheduler = " + script.call(name, config["scheduler"].get("args", {}), group="scheduler_args"))
        fixed.append(("schedulers", "scheduler"))
    if "save_interval" in trainer_options or config.get("save"):
        fixed += [("save_folder", '"checkpoints"'), ("save_filename", '"ep{epoch}-ba{batch}.pt"')]
    script.do(
        "trainer = " + script.call("Trainer", trainer_options, fixed=fixed, group="trainer_args"), "trainer.fit()"
    )
    case.files["train.py"] = script.text()
    case.assume["world_size"] = 1
    case.requirements(
        f"mosaicml=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    return case
