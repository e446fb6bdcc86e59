"""Hand-written PyTorch loops: schedulers, loaders with samplers, random_split."""

from __future__ import annotations

from cases import Case, Options, Skip, Vector, number, one_process, pick, version
from data_text import Data
from script_text import Script


def scheduler(spec: Options, script: Script, top: bool = True) -> str:
    options, name = dict(spec.get("args", {})), spec["class"]
    where = "torch.optim.lr_scheduler."
    if name == "LambdaLR":
        rate = {"halve": "0.5 ** epoch", "inv": "1 / (epoch + 1)"}[options["lambda"]]
        return f"{where}LambdaLR(optimizer, lr_lambda=lambda epoch: {rate})"
    if name in ("SequentialLR", "ChainedScheduler"):
        inner = [scheduler(one, script, False) for one in options["schedulers"]]
        if name == "SequentialLR":
            names = [f"part_{place}" for place in range(1, len(inner) + 1)]
            script.do(*[f"{name} = {text}" for name, text in zip(names, inner, strict=True)])
            return (
                f"{where}SequentialLR(optimizer, schedulers=[{', '.join(names)}], milestones={options['milestones']!r})"
            )
        return f"{where}ChainedScheduler([\n" + "".join(f"    {text},\n" for text in inner) + "])"
    if top:
        return script.call(where + name, options, first=["optimizer"], group="scheduler_args")
    arguments = ["optimizer", *(f"{key}={value!r}" for key, value in options.items())]
    return f"{where}{name}({', '.join(arguments)})"


def sampler(spec: Options, script: Script) -> str:
    name, options = spec["class"], dict(spec.get("args", {}))
    script.imp(f"from torch.utils.data import {name}")
    if name == "SubsetRandomSampler":
        return f"SubsetRandomSampler(range({options['n']}))"
    if name == "WeightedRandomSampler":
        drawn = script.opt("num_samples", options["num_samples"])
        return f"WeightedRandomSampler([1.0] * {options['n_weights']}, num_samples={drawn})"
    if name == "SequentialSampler":
        return "SequentialSampler(train_set)"
    return script.call(name, options, first=["train_set"], group="sampler_args")


def scheduled_loop(vector: Vector, case: Case) -> None:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    per_epoch, epochs = env["steps_per_epoch"], env["epochs"]
    window = config.get("accumulate", 1)
    plateau = config["scheduler"]["class"] == "ReduceLROnPlateau"
    batch = pick(case.id, "batch", [2, 4, 8])
    script = Script(case)
    datasets = Data(script)
    script.imp("import torch", "from torch import nn", "from torch.utils.data import DataLoader")
    size = per_epoch * batch - (1 if number(case.id, "ragged") % 3 == 0 and batch > 1 else 0)
    train = datasets.torch_map(size, item="pair")
    script.do(
        "train_loader = "
        + script.call("DataLoader", {"batch_size": batch, "shuffle": True}, first=[train], group="loader_args")
    )
    rate = script.opt("lr", config.get("lr", 0.1))
    script.do(
        "model = nn.Linear(3, 1)",
        f"optimizer = torch.optim.{config.get('optimizer', 'SGD')}(model.parameters(), lr={rate})",
    )
    script.do(f"scheduler = {scheduler(config['scheduler'], script)}")
    first = config.get("order") == "scheduler_first"
    per_batch = config["step_per"] == "batch"
    lines = [f"for epoch in range({script.opt('epochs', epochs)}):"]
    lines.append("    model.train()")
    lines.append("    for step, (x, y) in enumerate(train_loader):" if window > 1 else "    for x, y in train_loader:")
    if first:
        lines.append("        scheduler.step()")
    if window > 1:
        window_text = script.opt("accumulation_steps", window)
        lines += [
            f"        loss = nn.functional.mse_loss(model(x), y) / {window_text}",
            "        loss.backward()",
            f"        if (step + 1) % {window_text} == 0 or step + 1 == len(train_loader):",
            "            optimizer.step()",
        ]
        if per_batch and not first and not config.get("scheduler_every_microbatch"):
            lines.append("            scheduler.step()")
        lines.append("            optimizer.zero_grad()")
        if config.get("scheduler_every_microbatch"):
            lines.append("        scheduler.step()")
    else:
        lines += [
            "        optimizer.zero_grad()",
            "        loss = nn.functional.mse_loss(model(x), y)",
            "        loss.backward()",
            "        optimizer.step()",
        ]
        if per_batch and not first:
            lines.append("        scheduler.step()")
    if config["step_per"] == "epoch":
        if plateau and config.get("metric_series"):
            script.define("""
                @torch.no_grad()
                def evaluate(model, loader):
                    model.eval()
                    losses = [nn.functional.mse_loss(model(x), y).item() for x, y in loader]
                    return sum(losses) / len(losses)
            """)
            validation = datasets.torch_map(6, part="validation", quantity="eval_dataset_size", item="pair")
            script.do(f"val_loader = DataLoader({validation}, batch_size=2)")
            lines += ["    val_loss = evaluate(model, val_loader)", "    scheduler.step(val_loss)"]
        else:
            lines.append("    scheduler.step()")
    script.do("\n".join(lines))
    case.files["train.py"] = script.text()
    if case.completes:
        steps = epochs * (per_epoch if window == 1 else -(-per_epoch // window))
        case.put(
            total_steps=steps,
            total_micro_batches=observed["steps"],
            micro_batches_per_epoch=per_epoch,
            steps_per_epoch=steps // epochs,
            epochs_run=epochs,
            micro_batch_size=batch,
            samples_seen=size * epochs,
            gradient_accumulation_steps=window,
        )
        if not plateau and not config.get("scheduler_every_microbatch"):
            case.lr(observed["lr_first"], observed["lr_max"], observed["lr_last"])


def one_pass(vector: Vector, case: Case) -> None:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    options = dict(config["dataloader"])
    size, kind, world = env["dataset_size"], env.get("dataset_kind", "map"), env.get("world_size", 1)
    chosen = options.get("sampler") or (options.get("batch_sampler") or {}).get("sampler")
    if chosen and chosen["class"] == "WeightedRandomSampler" and chosen["args"]["n_weights"] > size:
        raise Skip("the recorder's data set answers out-of-range indices")
    if kind != "map" and env.get("sharded"):
        raise Skip("recorded on one data set object for each worker with a filter on the index only")
    script = Script(case)
    datasets = Data(script)
    script.imp("import torch", "from torch import nn", "from torch.utils.data import DataLoader")
    declared = {"declared": env.get("declared_len")} if kind == "iterable_len" else {}
    script.do(f"train_set = {datasets.torch(size, kind, item='pair', **declared)}")
    fixed = []
    if "sampler" in options:
        script.do(f"sampler = {sampler(options.pop('sampler'), script)}")
        fixed.append(("sampler", "sampler"))
    if "batch_sampler" in options:
        batches = options.pop("batch_sampler")
        batch = batches["batch_size"]
        text = sampler(batches["sampler"], script)
        sizes = (
            f"batch_size={script.opt('batch_size', batch)}, drop_last={script.opt('drop_last', batches['drop_last'])}"
        )
        script.imp("from torch.utils.data import BatchSampler")
        script.do(
            f"sampler = {text}",
            f"batch_sampler = BatchSampler(sampler, {sizes})",
        )
        fixed.append(("batch_sampler", "batch_sampler"))
    else:
        batch = options.get("batch_size", 1)
    script.do(
        "train_loader = " + script.call("DataLoader", options, first=["train_set"], fixed=fixed, group="loader_args")
    )
    script.do("model = nn.Linear(3, 1)", "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)")
    script.do(
        "for x, y in train_loader:\n"
        "    loss = nn.functional.mse_loss(model(x), y)\n"
        "    optimizer.zero_grad()\n"
        "    loss.backward()\n"
        "    optimizer.step()"
    )
    case.files["train.py"] = script.text()
    if world > 1:
        case.world = world
    else:
        one_process(case, None)
    if case.completes:
        case.put(total_micro_batches=observed["batches"], total_steps=observed["batches"])
        if isinstance(observed.get("len"), int) and observed["len"] == observed["batches"]:
            case.put(micro_batches_per_epoch=observed["len"])
        if world == 1:
            case.put(samples_seen=observed["samples"])
        if isinstance(batch, int):
            case.put(micro_batch_size=batch)


def split_data(vector: Vector, case: Case) -> None:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    parts = observed.get("part_sizes")
    script = Script(case)
    datasets = Data(script, visible=True)
    script.imp("import torch", "from torch import nn", "from torch.utils.data import DataLoader, random_split")
    names = ["train_set", "val_set", "test_set"][: len(config["random_split"])]
    batch = pick(case.id, "batch", [1, 2, 3])
    script.do(f"dataset = {datasets.torch_map(env['dataset_size'], item='pair')}")
    lengths = script.opt("lengths", config["random_split"])
    script.do(f"{', '.join(names)}{',' if len(names) == 1 else ''} = random_split(dataset, {lengths})")
    how = f"batch_size={script.opt('batch_size', batch)}, shuffle={script.opt('shuffle', True)}"
    script.do(f"train_loader = DataLoader(train_set, {how})")
    if len(names) > 1:
        script.do("val_loader = DataLoader(val_set, batch_size=8)")
    script.do("model = nn.Linear(3, 1)", "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)")
    script.do(
        f"for epoch in range({script.opt('epochs', 2)}):\n"
        "    for x, y in train_loader:\n"
        "        loss = nn.functional.mse_loss(model(x), y)\n"
        "        optimizer.zero_grad()\n"
        "        loss.backward()\n"
        "        optimizer.step()"
    )
    case.files["train.py"] = script.text()
    one_process(case, None)
    if case.completes:
        if not parts or parts[0] == 0:
            raise Skip("an empty part cannot be shuffled")
        # DataLoader's own length rule (checked by the loader vectors) on the recorded part size
        per = -(-parts[0] // batch)
        case.put(
            dataset_size=parts[0],
            micro_batches_per_epoch=per,
            total_steps=2 * per,
            samples_seen=2 * parts[0],
            micro_batch_size=batch,
        )
        if len(parts) > 1:
            case.put(eval_dataset_size=parts[1])


def make(vector: Vector) -> Case:
    case = Case(vector, "torch")
    kind = vector["tags"][0]
    {"sched": scheduled_loop, "loader": one_pass, "split": split_data}[kind](vector, case)
    if kind == "sched":
        one_process(case, None)
    case.requirements(f"torch=={version(vector['framework_version'])}")
    return case
