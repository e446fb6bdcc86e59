"""`spacy train` with a configuration file."""

from __future__ import annotations

import json

from cases import Case, Options, Skip, Vector, version

SPACY = """[paths]
train = "corpus/train.spacy"
dev = "corpus/dev.spacy"
vectors = null
init_tok2vec = null

[system]
seed = 0
gpu_allocator = null

[nlp]
lang = "en"
pipeline = ["textcat"]
batch_size = 1000
disabled = []
before_creation = null
after_creation = null
after_pipeline_creation = null

[nlp.tokenizer]
@tokenizers = "spacy.Tokenizer.v1"

[nlp.vectors]
@vectors = "spacy.Vectors.v1"

[components]

[components.textcat]
factory = "textcat"
threshold = 0.0

[components.textcat.model]
@architectures = "spacy.TextCatBOW.v2"
exclusive_classes = true
ngram_size = 1
no_output_layer = false
nO = null

[components.textcat.scorer]
@scorers = "spacy.textcat_scorer.v2"

[corpora]

[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}
gold_preproc = false
max_length = 0
limit = 0
augmenter = null

[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.dev}
gold_preproc = false
max_length = 0
limit = 0
augmenter = null

[training]
"""
SPACY_TRAINING = {
    "train_corpus": "corpora.train",
    "dev_corpus": "corpora.dev",
    "seed": 1,
    "gpu_allocator": None,
    "dropout": 0.1,
    "accumulate_gradient": 1,
    "patience": 1600,
    "max_epochs": 0,
    "max_steps": 20000,
    "eval_frequency": 200,
    "frozen_components": [],
    "annotating_components": [],
    "before_to_disk": None,
    "before_update": None,
}
SPACY_END = """
[training.logger]
@loggers = "spacy.ConsoleLogger.v1"
progress_bar = false

[training.optimizer]
@optimizers = "Adam.v1"
beta1 = 0.9
beta2 = 0.999
L2_is_weight_decay = true
L2 = 0.01
grad_clip = 1.0
use_averages = false
eps = 0.00000001
learn_rate = 0.001

[training.score_weights]
cats_score = 1.0

[initialize]
vectors = ${paths.vectors}
init_tok2vec = ${paths.init_tok2vec}
vocab_data = null
lookups = null
before_init = null
after_init = null

[initialize.components]

[initialize.tokenizer]
"""
SPACY_BATCHER = """
[training.batcher]
@batchers = "spacy.batch_by_words.v1"
discard_oversize = false
tolerance = 0.2
get_length = null

[training.batcher.size]
@schedules = "compounding.v1"
start = 100
stop = 1000
compound = 1.001
t = 0.0
"""


def _lines(options: Options) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items())


def make(vector: Vector) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    if (
        vector.get("error")
        and vector["error"].get("phase") in ("build", "init")
        and "E1015" in vector["error"].get("gist", "")
    ):
        raise Skip("recorder's own failure (E1015 before training)")
    case = Case(vector, "spacy")
    options = dict(config["training"])
    batcher = options.pop("batcher", None)
    text = SPACY + _lines({**SPACY_TRAINING, **options})
    text += "\n[training.batcher]\n" + _lines(batcher) if batcher else SPACY_BATCHER
    if case.completes and not options.get("patience"):
        steps = observed["steps"]
        by_sequence = batcher and batcher["@batchers"].startswith("spacy.batch_by_sequence")
        limited = options.get("max_steps", 20000) > 0 and steps == options["max_steps"]
        if (by_sequence or limited) and observed.get("optimizer_updates_per_parameter", steps) == steps:
            case.put(total_steps=steps)
        if by_sequence and options.get("accumulate_gradient", 1) == 1:
            case.put(samples_seen=observed["samples_seen"])
    case.files["config.cfg"] = text + SPACY_END
    case.files["train.sh"] = (
        "#!/usr/bin/env bash\nset -euo pipefail\npython -m spacy train config.cfg --output output\n"
    )
    case.assume.update(
        {"dataset_size": env["dataset_size"], "eval_dataset_size": env["eval_dataset_size"], "world_size": 1}
    )
    case.requirements(f"spacy=={version(vector['framework_version'])}")
    return case
