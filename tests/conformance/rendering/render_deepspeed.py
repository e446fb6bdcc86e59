"""DeepSpeed: batch sizes, schedulers, the engine loop, and the Trainer's "auto" values."""

from __future__ import annotations

import json

from cases import Case, Options, Skip, Vector, highest, launched, number, pick, version
from data_text import Data
from script_text import Script


def engine_script(
    case: Case, ds_config: Options, size: int, batch: int, own_optimizer: bool = True, loader: bool = True
) -> None:
    script = Script(case, pick(case.id, "ds-idiom", ["literal", "constants", "argparse"]))
    datasets = Data(script)
    script.imp("import torch", "import deepspeed")
    data = datasets.torch_map(size, item="pair")
    script.do(f"train_set = {data}", "model = torch.nn.Linear(3, 1)")
    parts = ["model=model", "model_parameters=model.parameters()"]
    if own_optimizer:
        script.do("optimizer = torch.optim.SGD(model.parameters(), lr=0.1)")
        parts.append("optimizer=optimizer")
    case.files["ds_config.json"] = json.dumps(ds_config, indent=2) + "\n"
    parts += ["training_data=train_set"] if loader else []
    parts += ['config="ds_config.json"']
    script.do(
        "engine, optimizer, train_loader, scheduler = deepspeed.initialize(\n"
        + "".join(f"    {part},\n" for part in parts)
        + ")"
    )
    if not loader:
        script.imp("from torch.utils.data import DataLoader")
        script.do(f"train_loader = DataLoader(train_set, batch_size={script.opt('micro_batch_size', batch)})")
    script.do(
        "for x, y in train_loader:\n"
        "    loss = torch.nn.functional.mse_loss(engine(x), y)\n"
        "    engine.backward(loss)\n"
        "    engine.step()"
    )
    case.files["train.py"] = script.text()


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    kind = vector["tags"][0]
    case = Case(vector, "deepspeed")
    case.match = ["deepspeed", "transformers"]
    pins = [f"deepspeed=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"]
    if kind == "batch":
        world = 1  # the recorder's larger world sizes were not in force
        case.identity = {"world_size": world}
        engine_script(case, config, 64, 2)
        if case.completes:
            case.put(
                global_batch_size=observed["train_batch_size"],
                micro_batch_size=observed["train_micro_batch_size_per_gpu"],
                gradient_accumulation_steps=observed["gradient_accumulation_steps"],
            )
        launched(case, world, f"deepspeed --num_gpus {world} train.py")
    elif kind == "sched":
        batch = pick(case.id, "batch", [2, 4])
        engine_script(
            case,
            {"train_micro_batch_size_per_gpu": batch, "gradient_accumulation_steps": 1, **config},
            env["steps"] * batch,
            batch,
            loader=False,
        )
        if case.completes:
            case.put(total_steps=env["steps"], global_batch_size=batch)
            case.lr(observed["lr_first"], highest(observed["lr_series"]), observed["lr_last"])
        launched(case, 1, "deepspeed --num_gpus 1 train.py")
    elif kind == "engine":
        ds_config = config["deepspeed"]
        batch = ds_config["train_micro_batch_size_per_gpu"]
        engine_script(
            case,
            ds_config,
            env["micro_batches"] * batch,
            batch,
            own_optimizer="optimizer" not in ds_config,
            loader=False,
        )
        if case.completes:
            case.put(
                total_steps=observed["global_steps"],
                total_micro_batches=observed["micro_steps"],
                global_batch_size=observed["train_batch_size"],
                gradient_accumulation_steps=observed["gradient_accumulation_steps"],
                micro_batch_size=batch,
            )
            if observed.get("lr_at_steps"):
                case.lr(observed["lr_at_steps"][0], highest(observed["lr_at_steps"]), observed["lr_at_steps"][-1])
        launched(case, 1, "deepspeed --num_gpus 1 train.py")
    elif kind == "hf_auto":
        script = Script(case)
        datasets = Data(script)
        script.imp("import torch", "from transformers import Trainer, TrainingArguments")
        data = datasets.torch_map(64, item="dict")
        script.define("""
            class Regressor(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear = torch.nn.Linear(3, 1)

                def forward(self, x=None, labels=None):
                    prediction = self.linear(x)
                    return {"loss": torch.nn.functional.mse_loss(prediction, labels), "logits": prediction}
        """)
        args = {"max_steps": env["num_training_steps"], **config["args"]}
        script.do(
            "training_args = "
            + script.call(
                "TrainingArguments",
                args,
                fixed=[("output_dir", '"outputs"'), ("deepspeed", '"ds_config.json"'), ("report_to", '"none"')],
                group="training_args",
            )
        )
        script.do(f"trainer = Trainer(model=Regressor(), args=training_args, train_dataset={data})", "trainer.train()")
        case.files["train.py"] = script.text()
        case.files["ds_config.json"] = (
            json.dumps({**config["deepspeed"], "zero_optimization": {"stage": 1}}, indent=2) + "\n"
        )
        if case.completes:
            resolved = observed.get("resolved") or {}
            case.put(
                global_batch_size=resolved.get("train_batch_size"),
                micro_batch_size=resolved.get("train_micro_batch_size_per_gpu"),
                gradient_accumulation_steps=resolved.get("gradient_accumulation_steps"),
            )
            parameters = (resolved.get("scheduler") or {}).get("params") or {}
            case.put(schedule_steps=parameters.get("total_num_steps"), warmup_steps=parameters.get("warmup_num_steps"))
        launched(
            case,
            1,
            "deepspeed --num_gpus 1 train.py"
            if number(case.id, "launch") % 2
            else "torchrun --nproc_per_node 1 train.py",
        )
        pins.insert(0, "transformers==5.23.0")
    else:
        raise Skip(f"vectors of kind {kind}")
    case.requirements(*pins)
    return case
