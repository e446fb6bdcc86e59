"""Megatron-LM launch scripts."""

from __future__ import annotations

from cases import Case, Skip, Vector, highest, number, version

MODEL = [
    "--num-layers 2",
    "--hidden-size 8",
    "--num-attention-heads 4",
    "--seq-length 8",
    "--max-position-embeddings 8",
    "--mock-data",
    "--vocab-size 32",
    "--tokenizer-type NullTokenizer",
]


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "megatron-lm")
    case.match = ["megatron-lm", "megatron"]
    world = env["world_size"]
    if case.error and "CUDA_DEVICE_MAX_CONNECTIONS" in case.error.get("gist", ""):
        raise Skip("an environment variable of the recorder's machine decides")
    if case.completes:
        if observed.get("iterations") is not None and observed["iterations"] < 400:
            case.put(total_steps=observed["iterations"], samples_seen=observed["consumed_samples"])
        case.put(micro_batch_size=observed.get("micro_batch_size"), world_size=observed.get("data_parallel_size"))
        series = observed.get("microbatches_and_global_batch")
        if not config.get("rampup_batch_size") and isinstance(series, list) and series:
            case.put(global_batch_size=series[0][1], gradient_accumulation_steps=series[0][0])
            case.put(total_micro_batches=sum(value[0] for value in series))
        if (
            observed.get("lr_warmup_fraction") is None
            and "lr_warmup_samples" not in config
            and "train_samples" not in config
        ):
            case.put(warmup_steps=observed.get("lr_warmup_iters"))
        if (
            "lr_decay_samples" not in config
            and "train_samples" not in config
            and not config.get("rampup_batch_size")
            and config.get("lr_decay_style", "linear") in ("linear", "cosine")
        ):
            case.put(schedule_steps=observed.get("lr_decay_iters") or observed.get("train_iters"))
        if observed.get("lr_first") is not None:
            case.lr(observed["lr_first"], highest(observed.get("lr_series")), observed["lr_last"])
    way = number(case.id, "mega") % 3
    flags = []
    for key, value in config.items():
        name = "--" + key.replace("_", "-")
        if value is True:
            flags.append(name)
        elif isinstance(value, list):
            flags.append(name + " " + " ".join(str(one) for one in value))
        else:
            flags.append(f"{name} {value}")
    if way == 0:
        text = f"torchrun --nproc_per_node {world} pretrain_gpt.py \\\n    " + " \\\n    ".join(MODEL + flags)
    elif way == 1:
        text = (
            f"GPUS_PER_NODE={world}\n"
            "\n"
            "DISTRIBUTED_ARGS=(\n"
            "    --nproc_per_node $GPUS_PER_NODE\n"
            "    --nnodes 1\n"
            ")\n"
            "\n"
            "MODEL_ARGS=(\n"
            + "".join(f"    {value}\n" for value in MODEL)
            + ")\n\nTRAINING_ARGS=(\n"
            + "".join(f"    {value}\n" for value in flags)
            + ')\n\ntorchrun "${DISTRIBUTED_ARGS[@]}" pretrain_gpt.py "${MODEL_ARGS[@]}" "${TRAINING_ARGS[@]}"'
        )
    else:
        head, body = [], []
        for key, value in config.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                head.append(f"{key.upper()}={value}")
                body.append(f"--{key.replace('_', '-')} ${{{key.upper()}}}")
            else:
                body.append(
                    f"--{key.replace('_', '-')}"
                    + (
                        ""
                        if value is True
                        else " " + (" ".join(str(one) for one in value) if isinstance(value, list) else str(value))
                    )
                )
        text = (
            "\n".join(head)
            + '\n\nTRAINING_ARGS="\n    '
            + " \\\n    ".join(body)
            + f'\n"\n\ntorchrun --nproc_per_node={world} pretrain_gpt.py {" ".join(MODEL)} $TRAINING_ARGS'
        )
    case.files["pretrain.sh"] = "#!/usr/bin/env bash\nset -euo pipefail\n\n" + text + "\n"
    case.world = world
    case.requirements("megatron-core", f"torch=={version(vector['versions']['torch'])}")
    return case
