"""What `spacy train` really does with a bag-of-words classifier."""

# Types are not checked: the framework is not there.
# mypy: ignore-errors

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import spacy
from recording import brief, capture, described, replay, time_limit, told
from spacy.tokens import DocBin
from spacy.training import loop
from spacy.training.initialize import init_nlp
from spacy.util import load_config_from_str

BASE = """
[nlp]
lang = "en"
pipeline = ["textcat"]
[components]
[components.textcat]
factory = "textcat"
[components.textcat.model]
@architectures = "spacy.TextCatBOW.v2"
exclusive_classes = true
ngram_size = 1
no_output_layer = false
[corpora]
[corpora.train]
@readers = "spacy.Corpus.v1"
path = "TRAIN"
[corpora.dev]
@readers = "spacy.Corpus.v1"
path = "DEV"
[training]
seed = 1
"""


def one(config: Any, env: Any) -> Any:
    tmp = tempfile.mkdtemp(prefix="sp")
    observed, error, phase = {}, None, "build"
    infos, upd = [], [0]
    saved = []
    with capture(["spacy"]) as sink:
        try:
            with time_limit(60):
                nlp0 = spacy.blank("en")
                for name, n in (("train", env["dataset_size"]), ("dev", env["eval_dataset_size"])):
                    db = DocBin()
                    for i in range(n):
                        d = nlp0.make_doc("one two three four five")
                        d.cats = {"A": float(i % 2), "B": float(1 - i % 2)}
                        db.add(d)
                    db.to_disk(os.path.join(tmp, name + ".spacy"))
                text = BASE.replace("TRAIN", os.path.join(tmp, "train.spacy")).replace(
                    "DEV", os.path.join(tmp, "dev.spacy")
                )
                config = load_config_from_str(text)
                over = dict(config["training"])
                b = over.pop("batcher", None)
                config["training"].update(over)
                if b:
                    config["training"]["batcher"] = b
                phase = "init"
                config = spacy.util.load_model_from_config(config, auto_fill=True).config  # as `spacy init fill-config`
                nlp = init_nlp(config)
                phase = "train"
                T = spacy.registry.resolve(nlp.config["training"], schema=spacy.schemas.ConfigSchemaTraining)
                opt = T["optimizer"]
                corp = spacy.util.resolve_dot_names(
                    nlp.config, [nlp.config["training"]["train_corpus"], nlp.config["training"]["dev_corpus"]]
                )
                it = loop.train_while_improving(
                    nlp,
                    opt,
                    loop.create_train_batches(nlp, corp[0], T["batcher"], T["max_epochs"]),
                    loop.create_evaluation_callback(nlp, corp[1], T["score_weights"]),
                    dropout=T["dropout"],
                    accumulate_gradient=T["accumulate_gradient"],
                    patience=T["patience"],
                    max_steps=T["max_steps"],
                    eval_frequency=T["eval_frequency"],
                    exclude=[],
                    annotating_components=[],
                    before_update=None,
                )
                for batch, info, best in it:
                    upd[0] = max(opt.nr_update.values(), default=0)
                    infos.append((info["epoch"], info["step"], info["score"], len(batch), info["words"]))
                    if best is not None and info["score"] is not None:
                        saved.append([info["step"], bool(best)])
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            error = described(e, phase)
    observed = {
        "steps": len(infos),
        "optimizer_updates_per_parameter": upd[0],
        "last_step_index": infos[-1][1] if infos else None,
        "epochs_seen": sorted({i[0] for i in infos})[-1] + 1 if infos else 0,
        "evaluations_at_step": brief([i[1] for i in infos if i[2] is not None], 60),
        "batch_sizes": brief([i[3] for i in infos], 60),
        "samples_seen": sum(i[3] for i in infos),
        "best_model_saves_at_step": [s for s, b in saved if b],
    }
    shutil.rmtree(tmp, ignore_errors=True)
    return observed, error, told(sink)


if __name__ == "__main__":
    replay(one, {}, spacy.__version__)
