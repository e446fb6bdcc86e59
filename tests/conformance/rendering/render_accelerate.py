"""Hand-written loops around accelerate.Accelerator."""

from __future__ import annotations

from cases import Case, Vector, launched, number, one_process, version
from data_text import Data
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "accelerate")
    world, kind = env.get("world_size", 1), env.get("dataset_kind", "map")
    options = dict(config.get("accelerator", {}))
    window, manual = config.get("accum", 1), config.get("loop") == "manual"
    ranks = observed.get("per_rank_micro_batches")
    even = not ranks or len(set(ranks)) == 1
    loader_config = options.get("dataloader_config", {})
    if case.completes:
        case.put(total_steps=observed.get("optimizer_steps"))
        shared = loader_config.get("split_batches") or loader_config.get("dispatch_batches")
        stream_for_many = world > 1 and kind != "map"
        if not (stream_for_many and shared):
            case.put(samples_seen=observed.get("samples_seen"))
        if even:
            case.put(total_micro_batches=observed.get("micro_batches"))
            length = observed.get("prepared_dataloader_len")
            if length and length * config["epochs"] == observed.get("micro_batches"):
                case.put(micro_batches_per_epoch=length)
        if not shared and not stream_for_many:
            case.put(micro_batch_size=config["batch_size"], global_batch_size=config["batch_size"] * window * world)
        if window:
            case.put(gradient_accumulation_steps=window)
        if config.get("scheduler") and observed.get("optimizer_steps"):
            case.lr(observed.get("lr_first"), None, observed.get("lr_last"))
    script = Script(case)
    datasets = Data(script)
    script.imp("import torch", "from torch.utils.data import DataLoader", "from accelerate import Accelerator")
    epochs = script.opt("num_epochs", config["epochs"])
    fixed = [("cpu", "True")]
    plain = {}
    for key, value in options.items():
        if key == "dataloader_config":
            script.imp("from accelerate import DataLoaderConfiguration")
            fixed.append((key, script.call("DataLoaderConfiguration", value, group="dataloader_config")))
        elif key == "gradient_accumulation_plugin":
            script.imp("from accelerate.utils import GradientAccumulationPlugin")
            fixed.append((key, script.call("GradientAccumulationPlugin", value, group="accumulation")))
        else:
            plain[key] = value
    script.do("accelerator = " + script.call("Accelerator", plain, fixed=fixed, group="accelerator_args"))
    loader = {"batch_size": config["batch_size"]}
    if "drop_last" in config:
        loader["drop_last"] = config["drop_last"]
    data = datasets.torch(env["dataset_size"], kind, item="pair")
    script.do("train_loader = " + script.call("DataLoader", loader, first=[data], group="loader_args"))
    script.do(
        "model = torch.nn.Linear(3, 1)",
        f"optimizer = torch.optim.SGD(model.parameters(), lr={script.opt('learning_rate', 0.1)})",
    )
    sched = config.get("scheduler")
    window_text = script.opt("gradient_accumulation_steps", window) if window != 1 or manual else "1"
    if sched:
        total = sched["total_steps"]
        if total == "raw":
            text = f"len(train_loader) * {epochs}"
        elif total == "raw_over_accum":
            script.imp("import math")
            text = f"math.ceil(len(train_loader) / {window_text}) * {epochs}"
        else:
            text = script.opt("max_train_steps", total)
        script.do(
            f"num_training_steps = {text}",
            "scheduler = torch.optim.lr_scheduler.LinearLR(\n"
            "    optimizer, start_factor=1.0, end_factor=0.0, total_iters=num_training_steps\n"
            ")",
        )
    together = bool(sched) and sched.get("prepared", True)
    if together and number(case.id, "prepare") % 2:
        script.do(
            "model, optimizer, train_loader, scheduler = accelerator.prepare(model, optimizer, train_loader, scheduler)"
        )
    else:
        script.do("model, optimizer, train_loader = accelerator.prepare(model, optimizer, train_loader)")
        if together:
            script.do("scheduler = accelerator.prepare(scheduler)")
    step = "scheduler.step()" if sched else None
    lines = [f"for epoch in range({epochs}):", "    model.train()"]
    if manual:
        cond = f"(step + 1) % {window_text} == 0" + (
            " or step + 1 == len(train_loader)" if config.get("flush_last") else ""
        )
        lines += [
            "    for step, (x, y) in enumerate(train_loader):",
            "        loss = torch.nn.functional.mse_loss(model(x), y)",
            f"        accelerator.backward(loss / {window_text})",
            f"        if {cond}:",
            "            optimizer.step()",
        ]
        lines += [f"            {step}"] if step else []
        lines += ["            optimizer.zero_grad()"]
    else:
        lines += [
            "    for x, y in train_loader:",
            "        with accelerator.accumulate(model):",
            "            loss = torch.nn.functional.mse_loss(model(x), y)",
            "            accelerator.backward(loss)",
            "            optimizer.step()",
        ]
        lines += [f"            {step}"] if step else []
        lines += ["            optimizer.zero_grad()"]
    script.do("\n".join(lines))
    case.files["train.py"] = script.text()
    case.requirements(
        f"accelerate=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    if world > 1:
        launched(case, world, f"torchrun --nproc_per_node {world} train.py")
    else:
        one_process(case, "accelerate launch --cpu --num_processes 1 train.py")
    return case
