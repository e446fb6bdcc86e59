"""transformers.Trainer."""

from __future__ import annotations

import json

from cases import Case, Options, Skip, Vector, launched, number, one_process, version
from data_text import Data
from script_text import Script
from yaml_text import yaml_text

WITH_HORIZON = {
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
    "cosine_with_min_lr",
    "cosine_warmup_with_min_lr",
}
WITH_WARMUP = WITH_HORIZON | {"constant_with_warmup", "inverse_sqrt", "warmup_stable_decay"}

MODEL = """
class Regressor(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 1)

    def forward(self, x=None, labels=None):
        prediction = self.linear(x)
        return {"loss": torch.nn.functional.mse_loss(prediction, labels), "logits": prediction}
"""


def expectations(case: Case, args: Options, env: Options, observed: Options, early: bool) -> None:
    """What the recorded run says about the plan; shared with the trainers that extend this one."""
    world = env.get("world_size", 1)
    sched = args.get("lr_scheduler_type", "linear")
    limit = args.get("max_steps", -1)
    limited = isinstance(limit, (int, float)) and limit > 0
    epochs = args.get("num_train_epochs", 3)
    ranks = observed.get("per_rank_micro_batches")
    even = not ranks or len(set(ranks)) == 1
    if case.completes:
        steps = observed.get("optimizer_steps")
        if steps == observed.get("global_step") and not early:
            case.put(total_steps=steps)
            if even:
                case.put(total_micro_batches=observed.get("micro_batches"))
            case.put(samples_seen=observed.get("samples_seen"))
            length, epochs_run = observed.get("dataloader_len"), observed.get("state_epoch")
            if (
                length
                and even
                and epochs_run is not None
                and abs(observed["micro_batches"] / length - epochs_run) < 1e-6
            ):
                case.put(epochs_run=epochs_run)
            if (
                not limited
                and isinstance(steps, int)
                and isinstance(epochs, int)
                and epochs > 0
                and observed.get("epochs_ended") == epochs
                and steps % epochs == 0
            ):
                case.put(steps_per_epoch=steps // epochs)
        split = (args.get("accelerator_config") or {}).get("split_batches")
        dispatch = (args.get("accelerator_config") or {}).get("dispatch_batches")
        if even and not dispatch and env.get("dataset_kind", "map") == "map":
            case.put(micro_batches_per_epoch=observed.get("dataloader_len"))
        if (
            not split
            and not dispatch
            and args.get("auto_find_batch_size") is None
            and isinstance(args.get("gradient_accumulation_steps", 1), int)
            and not (world > 1 and env.get("dataset_kind", "map") != "map")
        ):
            batch, accum = args.get("per_device_train_batch_size", 8), args.get("gradient_accumulation_steps", 1)
            if isinstance(batch, int):
                sizes = observed.get("batch_sizes")
                if not isinstance(sizes, list) or all(script <= batch for script in sizes):
                    case.put(
                        micro_batch_size=batch,
                        gradient_accumulation_steps=accum,
                        global_batch_size=batch * accum * world,
                    )
        if observed.get("max_steps") and observed.get("optimizer_steps"):
            if sched in WITH_WARMUP:
                case.put(warmup_steps=observed.get("warmup_steps"))
            if sched in WITH_HORIZON:
                case.put(schedule_steps=observed["max_steps"])
        resolved = observed.get("resolved") or {}
        if observed.get("optimizer_steps"):
            for quantity, strategy, key, default in (
                ("eval_interval", "eval_strategy", "eval_steps", "no"),
                ("save_interval", "save_strategy", "save_steps", "steps"),
                ("log_interval", "logging_strategy", "logging_steps", "steps"),
            ):
                value = resolved.get(key)
                if args.get(strategy, default) == "steps" and isinstance(value, int) and value > 0:
                    case.put(**{quantity: value})
        if (
            not early
            and observed.get("optimizer_steps") is not None
            and observed.get("optimizer_steps") == observed.get("global_step")
        ):
            if "evaluations_at" in observed and not env.get("eval_dataset_names"):
                case.events["evaluations"] = observed["evaluations_at"]
            if "saves_at" in observed and args.get("save_strategy") != "best":
                case.events["checkpoints"] = observed["saves_at"]
            if "train_loss_logs_at" in observed:
                case.events["logs"] = observed["train_loss_logs_at"]
            if sched != "reduce_lr_on_plateau" and observed.get("optimizer_steps"):
                case.lr(observed.get("lr_first"), observed.get("lr_max"), observed.get("lr_last"))


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    args = dict(config["args"])
    if "resume" in config or "resume_from_checkpoint" in args:
        raise Skip("resumed run: what the checkpoint holds is not in the files")
    case = Case(vector, "transformers")
    world = env.get("world_size", 1)
    kind = env.get("dataset_kind", "map")
    early = bool(config.get("callbacks"))
    if early and case.error and case.error["class"] == "KeyError" and "eval_m" in case.error.get("gist", ""):
        raise Skip("depends on which evaluation comes first")
    expectations(case, args, env, observed, early)

    base = {"output_dir": "outputs"}
    tail = {"report_to": "none", "use_cpu": True}
    if world > 1:
        tail["ddp_backend"] = "gloo"
    asked = {**base, **args, **tail}
    way = number(case.id, "hf-way") % 10
    from_file = (case.completes or (case.error and case.error.get("phase") == "train")) and way < 3
    script = Script(case, "literal" if from_file else None)
    data = Data(script)
    script.imp("import torch", "from transformers import Trainer, TrainingArguments")
    train = data.torch(env["dataset_size"], kind, part="train", quantity="dataset_size")
    evaluation = None
    if env.get("eval_dataset_size") is not None:
        evaluation = data.torch_map(env["eval_dataset_size"], part="validation", quantity="eval_dataset_size")
    script.define(MODEL)
    if from_file:
        script.imp("from transformers import HfArgumentParser")
        if way == 0:
            case.files["args.json"] = json.dumps(asked, indent=2) + "\n"
            script.do(
                "parser = HfArgumentParser(TrainingArguments)", '(training_args,) = parser.parse_json_file("args.json")'
            )
        else:
            case.files["args.yaml"] = yaml_text(asked) + "\n"
            script.do(
                "parser = HfArgumentParser(TrainingArguments)", '(training_args,) = parser.parse_yaml_file("args.yaml")'
            )
    else:
        fixed = [(key, repr(value)) for key, value in {**base, **tail}.items()]
        script.do("training_args = " + script.call("TrainingArguments", args, fixed=fixed, group="training_args"))
    script.do(f"train_dataset = {train}")
    arguments = ["model=Regressor()", "args=training_args", "train_dataset=train_dataset"]
    if evaluation:
        if env.get("eval_dataset_names"):
            names = env["eval_dataset_names"]
            script.do("eval_dataset = {" + ", ".join(f'"{name}": {evaluation}' for name in names) + "}")
        else:
            script.do(f"eval_dataset = {evaluation}")
        arguments.append("eval_dataset=eval_dataset")
    if config.get("compute_metrics"):
        script.imp("import numpy as np")
        script.define("""
            def compute_metrics(prediction):
                return {"m": float(np.abs(prediction.predictions - prediction.label_ids).mean())}
        """)
        arguments.append("compute_metrics=compute_metrics")
    if config.get("callbacks"):
        script.imp("from transformers import EarlyStoppingCallback")
        made = [
            script.call("EarlyStoppingCallback", callback["EarlyStoppingCallback"], group="early_stopping")
            for callback in config["callbacks"]
        ]
        arguments.append(f"callbacks=[{', '.join(made)}]")
    script.do("trainer = Trainer(\n" + "".join(f"    {one},\n" for one in arguments) + ")", "trainer.train()")
    case.files["train.py"] = script.text()
    case.requirements(
        f"transformers=={version(vector['framework_version'])}",
        f"accelerate=={version(vector['versions']['accelerate'])}",
        f"torch=={version(vector['versions']['torch'])}",
    )
    if world > 1:
        launched(case, world, f"torchrun --nproc_per_node {world} train.py")
    else:
        one_process(
            case,
            "python train.py"
            if number(case.id, "launch") % 2
            else "accelerate launch --cpu --num_processes 1 train.py",
        )
        if number(case.id, "launch") % 2:
            case.assume["world_size"] = 1
    return case
