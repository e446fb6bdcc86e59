"""ignite.engine.Engine."""

from __future__ import annotations

from cases import Case, Vector, version
from data_text import Data
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "ignite")
    kind = env.get("dataset_kind")
    size, batch = env["dataset_size"], config["batch_size"]
    if case.completes:
        case.put(total_steps=observed["iterations"], total_micro_batches=observed["iterations"])
        if kind != "none":
            case.put(samples_seen=observed["samples_seen"], micro_batch_size=batch)
        if isinstance(observed.get("event_fired_at_epoch_iteration"), list) and "event" in config:
            case.events["evaluations"] = [iteration for _, iteration in observed["event_fired_at_epoch_iteration"]]
        length = observed.get("state_epoch_length")
        if isinstance(length, int) and not config.get("terminate_at") and observed.get("iterations"):
            case.put(micro_batches_per_epoch=length, steps_per_epoch=length)
    script = Script(case)
    datasets = Data(script)
    script.imp(
        "import torch",
        "from torch import nn",
        "from torch.utils.data import DataLoader",
        "from ignite.engine import Engine, Events",
    )
    script.do("model = nn.Linear(3, 1)", "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)")
    made = "x = torch.randn(2, 3)\n    y = x.sum(dim=1, keepdim=True)"
    fetch = made if kind == "none" else "x, y = batch"
    script.do(
        "def train_step(engine, batch):\n"
        f"    {fetch}\n"
        "    optimizer.zero_grad()\n"
        "    loss = nn.functional.mse_loss(model(x), y)\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
        "    return loss.item()"
    )
    script.do("trainer = Engine(train_step)")
    if kind == "none":
        data = "None"
    else:
        training = datasets.torch_map(size, item="pair")
        script.do(f"train_loader = DataLoader({training}, batch_size={script.opt('batch_size', batch)})")
        data = "train_loader"
        if kind == "iterator":  # a loader's own iterator has a length, a stream has none
            script.define("def stream(loader):\n    for batch in loader:\n        yield batch")
            data = "stream(train_loader)"
    if "event" in config:
        event = dict(config["event"])
        name = event.pop("name")
        validation = datasets.torch_map(6, part="validation", quantity="eval_dataset_size", item="pair")
        script.do(
            "evaluator = Engine(lambda engine, batch: model(batch[0]).detach())",
            f"val_loader = DataLoader({validation}, batch_size=2)",
        )
        when = f"Events.{name}" + (script.call("", event, group="event") if event else "")
        script.do(f"@trainer.on({when})\ndef validate(engine):\n    evaluator.run(val_loader)")
    if config.get("terminate_at"):
        script.do(
            f"@trainer.on(Events.ITERATION_COMPLETED(once={script.opt('stop_at', config['terminate_at'])}))\n"
            "def stop(engine):\n"
            f"    engine.{config.get('terminate', 'terminate')}()"
        )
    script.do(script.call("trainer.run", config["run"], first=[data], group="run_args"))
    case.files["train.py"] = script.text()
    case.requirements(
        f"pytorch-ignite=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    case.assume["world_size"] = 1
    return case
