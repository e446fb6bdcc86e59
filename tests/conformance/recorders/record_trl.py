"""What TRL's SFT, DPO and GRPO trainers really do, with a random GPT-2 of one layer and a tokenizer of words."""

# Signatures are the framework's; types are not checked: the framework is not there.
# ruff: noqa: ARG001, ARG002
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from recording import brief, capture, described, replay, rounded, time_limit, told

os.environ["ACCELERATE_USE_CPU"] = "true"
import torch
import transformers
import trl
from datasets import Dataset, disable_progress_bars
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, TrainerCallback

torch.set_num_threads(1)
disable_progress_bars()
transformers.logging.set_verbosity_warning()
VOC = {w: i for i, w in enumerate(["<pad>", "<eos>", "<unk>"] + [f"w{i}" for i in range(40)])}


def tok() -> Any:
    t = Tokenizer(models.WordLevel(VOC, unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=t, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def model() -> Any:
    torch.manual_seed(0)
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(VOC),
            n_positions=64,
            n_embd=8,
            n_layer=1,
            n_head=1,
            bos_token_id=1,
            eos_token_id=1,
            pad_token_id=0,
        )
    )


def words(n: Any, i: Any) -> Any:
    return " ".join(f"w{(i + j) % 40}" for j in range(n))


class H(TrainerCallback):
    def __init__(self) -> None:
        self.ev, self.sv, self.lg, self.eb, self.ee = [], [], [], 0, 0

    def on_epoch_begin(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.eb += 1

    def on_epoch_end(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.ee += 1

    def on_evaluate(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.ev.append(s.global_step)

    def on_save(self, a: Any, s: Any, c: Any, **k: Any) -> None:
        self.sv.append(s.global_step)

    def on_log(self, a: Any, s: Any, c: Any, logs: Any = None, **k: Any) -> None:
        if logs and "loss" in logs:
            self.lg.append(s.global_step)


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="trl")
    phase, error, observed, t, h, lrs, calls = (
        "args",
        None,
        {},
        None,
        H(),
        [],
        {"train_micro": 0, "rows": [], "gen": [], "reward": 0},
    )
    with capture(["transformers", "trl", "accelerate"]) as sink:
        try:
            with time_limit(60):
                base = {"output_dir": tmp, "report_to": "none", "disable_tqdm": True, "use_cpu": True, "bf16": False}
                n = env["dataset_size"]
                L = env.get("tokens_per_row", 6)
                kind = config["trainer"]
                kw = {"args": None, "callbacks": [h]}
                if kind == "SFTTrainer":
                    lens = env.get("row_lengths") or [L] * n
                    ds = Dataset.from_list([{"text": words(lens[i], i)} for i in range(n)])
                    C, T = trl.SFTConfig, trl.SFTTrainer
                    if env.get("eval_dataset_size"):
                        kw["eval_dataset"] = Dataset.from_list(
                            [{"text": words(L, i)} for i in range(env["eval_dataset_size"])]
                        )
                elif kind == "DPOTrainer":

                    def mk(k):
                        return Dataset.from_list(
                            [
                                {"prompt": words(3, i), "chosen": words(L, i + 1), "rejected": words(L, i + 2)}
                                for i in range(k)
                            ]
                        )

                    ds = mk(n)
                    C, T = trl.DPOConfig, trl.DPOTrainer
                    kw["ref_model"] = model()
                    if env.get("eval_dataset_size"):
                        kw["eval_dataset"] = mk(env["eval_dataset_size"])
                else:

                    def mk(k):
                        return Dataset.from_list([{"prompt": words(3, i)} for i in range(k)])

                    ds = mk(n)
                    C, T = trl.GRPOConfig, trl.GRPOTrainer

                    def reward(completions: Any, **k: Any) -> Any:
                        calls["reward"] += 1
                        calls["gen"].append(len(completions))
                        return [float(len(c) % 3) for c in completions]

                    kw["reward_funcs"] = reward
                    if env.get("eval_dataset_size"):
                        kw["eval_dataset"] = mk(env["eval_dataset_size"])
                kw["args"] = C(**{**base, **config["args"]})

                class Counting(T):
                    def create_optimizer(self, *a: Any, **k: Any) -> Any:
                        o = super().create_optimizer(*a, **k)
                        if not hasattr(self.optimizer, "_o"):
                            self.optimizer._o = True
                            self.optimizer.register_step_post_hook(lambda op, *_: lrs.append(op.param_groups[0]["lr"]))
                        return o

                    def training_step(self, m: Any, inputs: Any, *a: Any, **k: Any) -> Any:
                        calls["train_micro"] += 1
                        r = super().training_step(m, inputs, *a, **k)
                        x = inputs.get("input_ids") if isinstance(inputs, dict) else None
                        calls["rows"].append(int(x.shape[0]) if x is not None else len(inputs))
                        return r

                phase = "init"
                t = Counting(model=model(), processing_class=tok(), train_dataset=ds, **kw)
                observed["prepared_train_rows"] = len(t.train_dataset)
                phase = "train"
                t.train()
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    if t is not None:
        s = t.state
        try:
            dl = len(t.get_train_dataloader())
        except Exception:
            dl = None
        observed.update(
            {
                "global_step": s.global_step,
                "max_steps": s.max_steps,
                "state_epoch": rounded(s.epoch, 8) if s.epoch is not None else None,
                "optimizer_steps": len(lrs),
                "micro_batches": calls["train_micro"],
                "rows_per_micro_batch": brief(calls["rows"], 40),
                "epochs_begun": h.eb,
                "epochs_ended": h.ee,
                "evaluations_at": h.ev,
                "saves_at": h.sv,
                "train_loss_logs_at": h.lg,
                "dataloader_len": dl,
                "lr_first": rounded(lrs[0]) if lrs else None,
                "lr_last": rounded(lrs[-1]) if lrs else None,
            }
        )
        if config["trainer"] == "GRPOTrainer":
            observed.update(
                {
                    "reward_calls": calls["reward"],
                    "completions_per_generation": brief(calls["gen"], 40),
                    "resolved": {
                        k: getattr(t.args, k, None)
                        for k in ("generation_batch_size", "steps_per_generation", "num_generations", "num_iterations")
                    },
                }
            )
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {"torch": torch.__version__, "transformers": transformers.__version__}, trl.__version__)
