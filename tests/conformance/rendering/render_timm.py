"""timm's schedulers in a hand-written loop."""

from __future__ import annotations

from cases import Case, Vector, highest, number, one_process, pick, version
from data_text import Data
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "timm")
    options, updates = dict(config["scheduler"]), env["updates_per_epoch"]
    script = Script(case)
    batch = pick(case.id, "batch", [2, 4])
    script.imp(
        "import torch",
        "from torch import nn",
        "from torch.utils.data import DataLoader",
        "from timm.scheduler import create_scheduler_v2",
    )
    training = Data(script).torch_map(updates * batch, item="pair")
    script.do(f"train_loader = DataLoader({training}, batch_size={script.opt('batch_size', batch)}, shuffle=True)")
    script.do("model = nn.Linear(3, 1)", f"optimizer = torch.optim.SGD(model.parameters(), lr={script.opt('lr', 0.1)})")
    if options.get("updates_per_epoch") == updates and number(case.id, "upe") % 2:
        options.pop("updates_per_epoch")
        fixed = [("updates_per_epoch", "len(train_loader)")]
    else:
        fixed = []
    script.do(
        "scheduler, num_epochs = "
        + script.call("create_scheduler_v2", options, first=["optimizer"], fixed=fixed, group="scheduler_args")
    )
    after_update = ["scheduler.step_update(num_updates=num_updates)"]
    after_epoch = ["scheduler.step(epoch + 1, metric=running / len(train_loader))"]
    if options["sched"] == "none":
        guard = "if scheduler is not None:"
        after_update, after_epoch = [[guard, f"    {line}"] for (line,) in (after_update, after_epoch)]
    script.do(
        "num_updates = 0\n"
        "for epoch in range(num_epochs):\n"
        "    running = 0.0\n"
        "    for x, y in train_loader:\n"
        "        loss = nn.functional.mse_loss(model(x), y)\n"
        "        optimizer.zero_grad()\n"
        "        loss.backward()\n"
        "        optimizer.step()\n"
        "        running += loss.item()\n"
        "        num_updates += 1\n"
        + "".join(f"        {line}\n" for line in after_update)
        + "\n".join(f"    {line}" for line in after_epoch)
    )
    case.files["train.py"] = script.text()
    if case.completes:
        case.put(
            total_steps=observed["updates"],
            total_micro_batches=observed["updates"],
            micro_batches_per_epoch=updates,
            steps_per_epoch=updates if observed["updates"] else None,
            micro_batch_size=batch,
            epochs_run=observed["num_epochs"],
        )
        if options["sched"] != "plateau" and observed["updates"]:
            case.lr(observed["lr_first"], highest(observed["lr_per_update"]), observed["lr_last"])
    one_process(case, None)
    case.requirements(f"timm=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}")
    return case
