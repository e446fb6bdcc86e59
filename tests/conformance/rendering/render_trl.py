"""TRL's trainers: SFT, DPO and GRPO."""

from __future__ import annotations

from cases import Case, Vector, number, one_process, version
from script_text import Script

TOKENIZER = """
def build_tokenizer():
    vocabulary = {word: index for index, word in enumerate(["<pad>", "<eos>", "<unk>"] + [f"w{i}" for i in range(40)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def build_model():
    sizes = {"vocab_size": 43, "n_positions": 64, "n_embd": 8, "n_layer": 1, "n_head": 1}
    return GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=1, eos_token_id=1, pad_token_id=0))


def words(count, start):
    return " ".join(f"w{(start + j) % 40}" for j in range(count))
"""


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "trl")
    case.match = ["trl", "transformers"]
    args, kind = dict(config["args"]), config["trainer"]
    packed = bool(args.get("packing"))
    grpo = kind == "GRPOTrainer"
    if case.completes and observed.get("optimizer_steps") == observed.get("global_step"):
        limited = args.get("max_steps", -1) > 0
        if not packed or limited:
            case.put(total_steps=observed["optimizer_steps"], total_micro_batches=observed["micro_batches"])
            case.put(schedule_steps=observed["max_steps"])
            case.events = {
                "evaluations": observed["evaluations_at"],
                "checkpoints": observed["saves_at"],
                "logs": observed["train_loss_logs_at"],
            }
            case.lr(observed["lr_first"], None, observed["lr_last"])
            epochs = args.get("num_train_epochs", 3)
            if (
                not limited
                and isinstance(epochs, int)
                and observed["epochs_ended"] == epochs
                and observed["optimizer_steps"] % epochs == 0
            ):
                case.put(steps_per_epoch=observed["optimizer_steps"] // epochs)
            if not grpo:
                case.put(micro_batches_per_epoch=observed["dataloader_len"])
        if not grpo:
            batch, window = args.get("per_device_train_batch_size", 8), args.get("gradient_accumulation_steps", 1)
            case.put(micro_batch_size=batch, gradient_accumulation_steps=window, global_batch_size=batch * window)
    script = Script(case)
    hidden = number(case.id, "hidden") % 3 == 0
    script.imp(
        "from datasets import Dataset",
        "from tokenizers import Tokenizer, models, pre_tokenizers",
        "from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast",
    )
    config_class = {"SFTTrainer": "SFTConfig", "DPOTrainer": "DPOConfig", "GRPOTrainer": "GRPOConfig"}[kind]
    script.imp(f"from trl import {config_class}, {kind}")
    script.define(TOKENIZER)
    tokens = env.get("tokens_per_row", 6)
    answers = f'"chosen": words({tokens}, i + 1), "rejected": words({tokens}, i + 2)'
    row = {
        "SFTTrainer": f'{{"text": words({tokens}, i)}}',
        "DPOTrainer": f'{{"prompt": words(3, i), {answers}}}',
        "GRPOTrainer": '{"prompt": words(3, i)}',
    }[kind]

    def data(size: int, part: str, quantity: str) -> str:
        if part == "train" and env.get("row_lengths"):
            texts = [f'{{"text": words({length}, {start})}}' for start, length in enumerate(env["row_lengths"])]
            return f"Dataset.from_list([{', '.join(texts)}])"
        if hidden:
            case.assume[quantity] = size
            script.imp("import os", "from datasets import load_dataset")
            return (
                f'load_dataset("json", data_files=os.path.join(os.environ["DATA_DIR"], "{part}.jsonl"), split="train")'
            )
        if number(case.id, "rows") % 2:
            if not any("def make_rows" in text for text in script.definitions):
                script.define(f"def make_rows(size):\n    return Dataset.from_list([{row} for i in range(size)])")
            return f"make_rows({script.opt('train_size' if part == 'train' else 'eval_size', size)})"
        return f"Dataset.from_list([{row} for i in range({size})])"

    fixed = [("output_dir", '"outputs"'), ("report_to", '"none"'), ("use_cpu", "True"), ("bf16", "False")]
    script.do(
        "training_args = " + script.call(config_class, args, fixed=fixed, group="training_args"),
        f"train_dataset = {data(env['dataset_size'], 'train', 'dataset_size')}",
    )
    parts = (
        ["model=build_model()"]
        + (["ref_model=build_model()"] if kind == "DPOTrainer" else [])
        + ["args=training_args", "train_dataset=train_dataset", "processing_class=build_tokenizer()"]
    )
    if env.get("eval_dataset_size"):
        script.do(f"eval_dataset = {data(env['eval_dataset_size'], 'validation', 'eval_dataset_size')}")
        parts.append("eval_dataset=eval_dataset")
    if grpo:
        script.define(
            "def reward(completions, **kwargs):\n    return [float(len(completion) % 3) for completion in completions]"
        )
        parts.append("reward_funcs=reward")
    script.do(f"trainer = {kind}(\n" + "".join(f"    {p},\n" for p in parts) + ")", "trainer.train()")
    case.files["train.py"] = script.text()

    case.requirements(
        f"trl=={version(vector['framework_version'])}",
        f"transformers=={version(vector['versions']['transformers'])}",
        f"torch=={version(vector['versions']['torch'])}",
        "datasets",
        "accelerate==1.15.0",
    )
    one_process(case, "accelerate launch --cpu --num_processes 1 train.py")
    return case
