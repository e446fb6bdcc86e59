"""Sentence Transformers' trainer."""

from __future__ import annotations

from cases import Case, Skip, Vector, number, one_process, version
from script_text import Script


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    if env.get("duplicates", 1) > 1:
        raise Skip("the number of batches depends on the texts themselves")
    case = Case(vector, "sentence-transformers")
    case.match = ["sentence-transformers", "transformers"]
    args, sizes = dict(config["args"]), env["dataset_sizes"]
    if case.completes:
        case.put(
            total_steps=observed["optimizer_steps"],
            total_micro_batches=observed["micro_batches"],
            samples_seen=observed["samples_seen"],
            micro_batches_per_epoch=observed["dataloader_len"],
            schedule_steps=observed["max_steps"],
        )
        batch, window = args.get("per_device_train_batch_size", 8), args.get("gradient_accumulation_steps", 1)
        case.put(micro_batch_size=batch, gradient_accumulation_steps=window, global_batch_size=batch * window)
        epochs = args.get("num_train_epochs", 3)
        if "max_steps" not in args and isinstance(epochs, int) and observed["optimizer_steps"] % epochs == 0:
            case.put(steps_per_epoch=observed["optimizer_steps"] // epochs)
        case.lr(None, None, observed["lr_last"])
    script = Script(case)
    script.imp(
        "from datasets import Dataset",
        "from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer",
        "from sentence_transformers import SentenceTransformerTrainingArguments, losses",
    )
    script.define(
        "def make_pairs(size):\n"
        '    return Dataset.from_list([{"anchor": f"w{i % 90}", "positive": f"w{100 + i % 90}"} for i in range(size)])'
    )
    fixed = [("output_dir", '"outputs"'), ("report_to", '"none"'), ("use_cpu", "True"), ("save_strategy", '"no"')]
    script.do(
        "training_args = "
        + script.call("SentenceTransformerTrainingArguments", args, fixed=fixed, group="training_args"),
        'model = SentenceTransformer("base-model")',
    )
    if len(sizes) == 1:
        if number(case.id, "hidden") % 3 == 0:
            case.assume["dataset_size"] = sizes[0]
            script.imp("import os", "from datasets import load_dataset")
            name = 'os.path.join(os.environ["DATA_DIR"], "train.jsonl")'
            script.do(f'train_dataset = load_dataset("json", data_files={name}, split="train")')
        else:
            script.do(f"train_dataset = make_pairs({script.opt('train_size', sizes[0])})")
    else:
        script.do(
            "train_dataset = {\n" + "".join(f'    "part_{i}": make_pairs({n}),\n' for i, n in enumerate(sizes)) + "}"
        )
    script.do(
        "loss = losses.MultipleNegativesRankingLoss(model)",
        "trainer = SentenceTransformerTrainer(\n"
        "    model=model,\n"
        "    args=training_args,\n"
        "    train_dataset=train_dataset,\n"
        "    loss=loss,\n"
        ")",
        "trainer.train()",
    )
    case.files["train.py"] = script.text()
    case.requirements(
        f"sentence-transformers=={version(vector['framework_version'])}",
        f"transformers=={version(vector['versions']['transformers'])}",
        f"torch=={version(vector['versions']['torch'])}",
        "datasets",
        "accelerate==1.15.0",
    )
    one_process(case, None)
    return case
