"""lightning.pytorch.Trainer, as a script or a LightningCLI configuration."""

from __future__ import annotations

from typing import Any

from cases import Case, Options, Skip, Vector, highest, launched, number, one_process, scalar, version
from data_text import Data
from script_text import Script, indented
from yaml_text import yaml_text


def estimated(value: object) -> bool:
    return value == "estimated_stepping_batches"


def configure(config: Options, script: Script) -> list[str]:
    sched = config.get("scheduler")
    rate = "self.hparams.learning_rate"
    lines = [f"optimizer = torch.optim.SGD(self.parameters(), lr={rate})"]
    if not sched:
        return [*lines, "return optimizer"]
    parts = []
    for key, value in sched.get("args", {}).items():
        parts.append(f"{key}=" + ("self.trainer.estimated_stepping_batches" if estimated(value) else repr(value)))
    lines.append(f"scheduler = torch.optim.lr_scheduler.{sched['class']}(optimizer, {', '.join(parts)})")
    extra = sched.get("config", {})
    if not extra and number(script.id, "sched-form") % 2 and sched["class"] != "ReduceLROnPlateau":
        return [*lines, "return [optimizer], [scheduler]"]
    lines.append("return {")
    lines.append('    "optimizer": optimizer,')
    inner = ", ".join(['"scheduler": scheduler', *(f'"{key}": {value!r}' for key, value in extra.items())])
    lines.append(f'    "lr_scheduler": {{{inner}}},')
    lines.append("}")
    return lines


def module(config: Options, script: Script) -> str:
    log = "".join(f", {key}={value!r}" for key, value in config.get("log", {}).items())
    return f"""
class Regressor(L.LightningModule):
    def __init__(self, learning_rate: float = 0.1):
        super().__init__()
        self.save_hyperparameters()
        self.linear = torch.nn.Linear(3, 1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = torch.nn.functional.mse_loss(self.linear(x), y)
        self.log("train_loss", loss{log})
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", torch.nn.functional.mse_loss(self.linear(x), y))

    def configure_optimizers(self):
""" + indented("\n".join(configure(config, script)), 8)


def expectations(case: Case, config: Options, env: Options, observed: Options) -> None:
    trainer_options, world = config["trainer"], env.get("world_size", 1)
    window = trainer_options.get("accumulate_grad_batches", 1)
    classes = {callback["class"]: callback["args"] for callback in config.get("callbacks", [])}
    early = "EarlyStopping" in classes or "max_time" in trainer_options
    ranks = observed.get("per_rank_micro_batches")
    even = not ranks or len(set(ranks)) == 1
    if not case.completes:
        return
    steps = observed.get("optimizer_steps")
    batch = config["dataloader"]["batch_size"]
    if not early and steps == observed.get("global_step"):
        case.put(total_steps=steps, samples_seen=observed.get("samples_seen"))
        if even:
            case.put(total_micro_batches=observed.get("micro_batches"))
    per_epoch = observed.get("micro_batches_per_epoch")
    unlimited = trainer_options.get("max_steps", -1) == -1
    if (
        even
        and str(observed.get("num_training_batches", "")).isdigit()
        and observed.get("micro_batches")
        and env.get("dataset_kind", "map") == "map"
    ):
        case.put(micro_batches_per_epoch=int(observed["num_training_batches"]))
    if (
        not early
        and unlimited
        and isinstance(per_epoch, list)
        and len(set(per_epoch)) == 1
        and isinstance(window, int)
        and isinstance(steps, int)
        and observed.get("epochs_ended") == len(per_epoch)
        and steps % len(per_epoch) == 0
    ):
        case.put(steps_per_epoch=steps // len(per_epoch))
        case.put(epochs_run=len(per_epoch))
    if isinstance(window, int) and window >= 1 and isinstance(batch, int) and observed.get("micro_batches"):
        case.put(micro_batch_size=batch, gradient_accumulation_steps=window, global_batch_size=batch * window * world)
    if early or steps != observed.get("global_step"):
        return
    if "validation_at_epoch_batches_step" in observed:
        case.events["evaluations"] = _steps(observed["validation_at_epoch_batches_step"])
    checkpoint = classes.get("ModelCheckpoint")
    saved = observed.get("checkpoint_saves_epoch_step")
    by_default = checkpoint is None and trainer_options.get("enable_checkpointing", True)
    if isinstance(saved, list) and not by_default and (checkpoint is None or checkpoint.get("monitor") is None):
        case.events["checkpoints"] = sorted({step for _, step in saved})
    logged = observed.get("logged_at")
    if isinstance(logged, list) and window == 1 and "log" not in config:
        case.events["logs"] = [value + 1 for value in logged]
    sched = config.get("scheduler")
    if steps and (not sched or sched["class"] != "ReduceLROnPlateau"):
        case.lr(observed.get("lr_first"), highest(observed.get("lr_series")), observed.get("lr_last"))


def _steps(validations: Any) -> Any:
    """Return the steps of (epoch, batches, step), of a shortened list too."""
    if isinstance(validations, dict):
        ends = {end: _steps(validations[end]) for end in ("head", "tail")}
        return {"len": validations["len"], **ends}
    return [step for _, _, step in validations]


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "lightning")
    trainer_options = dict(config["trainer"])
    if isinstance(trainer_options.get("accumulate_grad_batches"), dict):
        trainer_options["accumulate_grad_batches"] = {
            int(key) if str(key).isdigit() else key: value
            for key, value in trainer_options["accumulate_grad_batches"].items()
        }
    world = env.get("world_size", 1)
    kind = env.get("dataset_kind", "map")
    if case.error and case.error["class"] == "RuntimeError" and "pair.cc" in case.error.get("gist", ""):
        raise Skip("one process broke and took the other with it")
    expectations(case, config, env, observed)
    size, eval_size = env["dataset_size"], env.get("eval_dataset_size")
    loader = config["dataloader"]
    simple = all(scalar(value) or value is None for value in trainer_options.values())
    cli = (
        case.completes
        and world == 1
        and simple
        and isinstance(trainer_options.get("accumulate_grad_batches", 1), int)
        and kind == "map"
        and env.get("eval_dataset_kind", "map") == "map"
        and number(case.id, "cli") % 6 == 0
    )
    script = Script(case, "literal" if cli else None)
    datasets = Data(script)
    script.imp("import torch", "import lightning as L", "from torch.utils.data import DataLoader")
    train = datasets.torch(size, kind, item="pair")
    val = (
        datasets.torch(
            eval_size, env.get("eval_dataset_kind", "map"), part="validation", quantity="eval_dataset_size", item="pair"
        )
        if eval_size is not None
        else None
    )
    script.define(module(config, script))
    drop = loader.get("drop_last", False)
    val_batch = loader.get("val_batch_size", 2)
    pins = [f"lightning=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"]
    if cli:
        script.in_main = True
        script.imp("from lightning.pytorch.cli import LightningCLI")
        text = """
            class PointsModule(L.LightningDataModule):
                def __init__(self, batch_size: int = 32, drop_last: bool = False, val_batch_size: int = 2):
                    super().__init__()
                    self.batch_size = batch_size
                    self.drop_last = drop_last
                    self.val_batch_size = val_batch_size

                def train_dataloader(self):
                    train_set = TRAIN
                    return DataLoader(train_set, batch_size=self.batch_size, drop_last=self.drop_last)
        """.replace("TRAIN", train)
        if val:
            text = (
                text.rstrip()
                + """

                def val_dataloader(self):
                    val_set = VAL
                    return DataLoader(val_set, batch_size=self.val_batch_size)
            """.replace("VAL", val)
            )
        script.define(text)
        script.do("LightningCLI(Regressor, PointsModule)")
        sections = [
            {
                "class_path": "lightning.pytorch.callbacks." + callback["class"],
                "init_args": {
                    **callback["args"],
                    **({"dirpath": "checkpoints"} if callback["class"] == "ModelCheckpoint" else {}),
                },
            }
            for callback in config.get("callbacks", [])
        ]
        trainer_section = {
            "accelerator": "cpu",
            "devices": 1,
            **trainer_options,
            **({"callbacks": sections} if sections else {}),
        }
        data_section = {"batch_size": loader["batch_size"], "drop_last": drop, "val_batch_size": val_batch}
        case.files["config.yaml"] = (
            yaml_text({"trainer": trainer_section, "model": {"learning_rate": 0.1}, "data": data_section}) + "\n"
        )
        case.files["train.py"] = script.text()
        launched(case, 1, "python train.py fit --config config.yaml")
        case.requirements(*pins, "jsonargparse[signatures]>=4.27")
        return case
    script.imp("from lightning.pytorch.loggers import CSVLogger")
    script.do(
        "train_loader = "
        + script.call(
            "DataLoader",
            {key: value for key, value in loader.items() if key != "val_batch_size"},
            first=[train],
            group="loader_args",
        )
    )
    loaders = "train_loader"
    if val:
        script.do(f"val_loader = DataLoader({val}, batch_size={script.opt('val_batch_size', val_batch)})")
        loaders += ", val_loader"
    callbacks: list[str] = []
    for callback in config.get("callbacks", []):
        script.imp(f"from lightning.pytorch.callbacks import {callback['class']}")
        fixed = [("dirpath", '"checkpoints"')] if callback["class"] == "ModelCheckpoint" else []
        callbacks.append(
            script.call(
                callback["class"], callback["args"], fixed=fixed, group="checkpoint" if fixed else "early_stopping"
            )
        )
    fixed = [("accelerator", '"cpu"'), ("logger", 'CSVLogger("logs")'), ("enable_progress_bar", "False")]
    if world > 1:
        fixed += [("devices", str(world)), ("strategy", '"ddp"')]
        launched(
            case,
            world,
            f"torchrun --nproc_per_node {world} train.py" if number(case.id, "launch") % 2 else "python train.py",
        )
    elif number(case.id, "devices") % 2:
        fixed += [("devices", "1")]
    else:
        one_process(case, None)
    if callbacks:
        script.do("callbacks = [\n" + "".join(indented(text, 4) + ",\n" for text in callbacks) + "]")
        fixed.append(("callbacks", "callbacks"))
    script.do("model = Regressor(learning_rate=" + script.opt("learning_rate", 0.1) + ")")
    script.do(
        "trainer = " + script.call("L.Trainer", trainer_options, fixed=fixed, group="trainer_args"),
        f"trainer.fit(model, {loaders})",
    )
    case.files["train.py"] = script.text()
    case.requirements(*pins)
    return case
