"""What the Sentence Transformers trainer really does, with a tiny random encoder."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from recording import brief, capture, described, replay, rounded, time_limit, told

os.environ["ACCELERATE_USE_CPU"] = "true"
import sentence_transformers as st
import torch
import transformers
from datasets import Dataset, disable_progress_bars
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
    losses,
)
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers import models as tm
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

torch.set_num_threads(1)
disable_progress_bars()
D = tempfile.mkdtemp(prefix="st")


def base_model() -> None:
    voc = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + [f"w{i}" for i in range(200)])}
    t = Tokenizer(tm.WordLevel(voc, unk_token="[UNK]"))
    t.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=t, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(D)
    BertModel(
        BertConfig(
            vocab_size=len(voc),
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            intermediate_size=8,
            max_position_embeddings=32,
        )
    ).save_pretrained(D)


def ds(n: Any, dup: Any) -> Any:
    return Dataset.from_list(
        [{"anchor": f"w{(i // dup) % 90}", "positive": f"w{100 + (i // dup) % 90}"} for i in range(n)]
    )


def one(config: Any, env: Any) -> Any:
    out = tempfile.mkdtemp(prefix="sto")
    observed, error, phase, seen, t, lrs = {}, None, "args", [], None, []
    with capture(["transformers", "sentence_transformers"]) as sink:
        try:
            with time_limit(60):
                a = SentenceTransformerTrainingArguments(
                    output_dir=out,
                    report_to="none",
                    disable_tqdm=True,
                    use_cpu=True,
                    save_strategy="no",
                    **config["args"],
                )
                m = SentenceTransformer(D)
                tr = {f"d{i}": ds(n, env.get("duplicates", 1)) for i, n in enumerate(env["dataset_sizes"])}
                if len(tr) == 1:
                    tr = tr["d0"]

                class T(SentenceTransformerTrainer):
                    def training_step(self, model: Any, inputs: Any, *x: Any, **k: Any) -> Any:
                        seen.append(int(inputs["anchor_input_ids"].shape[0]))
                        return super().training_step(model, inputs, *x, **k)

                    def create_optimizer(self, *x: Any, **k: Any) -> Any:
                        o = super().create_optimizer(*x, **k)
                        if not hasattr(self.optimizer, "_o"):
                            self.optimizer._o = True
                            self.optimizer.register_step_post_hook(lambda op, *_: lrs.append(op.param_groups[0]["lr"]))
                        return o

                phase = "init"
                t = T(model=m, args=a, train_dataset=tr, loss=losses.MultipleNegativesRankingLoss(m))
                phase = "train"
                t.train()
        except BaseException as x:
            if isinstance(x, KeyboardInterrupt):
                raise
            error = described(x, phase)
    if t is not None:
        try:
            dl = len(t.get_train_dataloader())
        except Exception:
            dl = None
        observed = {
            "global_step": t.state.global_step,
            "max_steps": t.state.max_steps,
            "optimizer_steps": len(lrs),
            "micro_batches": len(seen),
            "samples_seen": sum(seen),
            "batch_sizes": brief(seen, 60),
            "dataloader_len": dl,
            "state_epoch": rounded(t.state.epoch, 8) if t.state.epoch is not None else None,
            "lr_last": rounded(lrs[-1]) if lrs else None,
        }
    shutil.rmtree(out, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    base_model()
    try:
        replay(one, {"torch": torch.__version__, "transformers": transformers.__version__}, st.__version__)
    finally:
        shutil.rmtree(D, ignore_errors=True)
