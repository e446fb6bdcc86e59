"""TRL, Sentence Transformers, fastai, ignite, optax, timm, Stable-Baselines3, spaCy."""

from __future__ import annotations

import json

from cases import Case, Options, Skip, Vector, highest, number, one_process, pick, version
from data_text import Data
from script_text import Script

TOKENIZER = """
def build_tokenizer():
    vocabulary = {word: index for index, word in enumerate(["<pad>", "<eos>", "<unk>"] + [f"w{i}" for i in range(40)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def build_model():
    return GPT2LMHeadModel(GPT2Config(vocab_size=43, n_positions=64, n_embd=8, n_layer=1, n_head=1, bos_token_id=1, eos_token_id=1, pad_token_id=0))


def words(count, start):
    return " ".join(f"w{(start + j) % 40}" for j in range(count))
"""


def trl(vector: Vector, siblings: list[Vector]) -> Case:
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
            b, g = args.get("per_device_train_batch_size", 8), args.get("gradient_accumulation_steps", 1)
            case.put(micro_batch_size=b, gradient_accumulation_steps=g, global_batch_size=b * g)
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
    L = env.get("tokens_per_row", 6)
    row = {
        "SFTTrainer": '{"text": words(%d, i)}' % L,
        "DPOTrainer": '{"prompt": words(3, i), "chosen": words(%d, i + 1), "rejected": words(%d, i + 2)}' % (L, L),
        "GRPOTrainer": '{"prompt": words(3, i)}',
    }[kind]

    def data(n: int, part: str, quantity: str) -> str:
        if part == "train" and env.get("row_lengths"):
            return (
                "Dataset.from_list(["
                + ", ".join('{"text": words(%d, %d)}' % (x, i) for i, x in enumerate(env["row_lengths"]))
                + "])"
            )
        if hidden:
            case.assume[quantity] = n
            script.imp("import os", "from datasets import load_dataset")
            return (
                f'load_dataset("json", data_files=os.path.join(os.environ["DATA_DIR"], "{part}.jsonl"), split="train")'
            )
        if number(case.id, "rows") % 2:
            script.define(
                f"def make_rows(size):\n    return Dataset.from_list([{row} for i in range(size)])"
            ) if not any("def make_rows" in x for x in script.definitions) else None
            return f"make_rows({script.opt('train_size' if part == 'train' else 'eval_size', n)})"
        return f"Dataset.from_list([{row} for i in range({n})])"

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


def sentence_transformers(vector: Vector, siblings: list[Vector]) -> Case:
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
        b, g = args.get("per_device_train_batch_size", 8), args.get("gradient_accumulation_steps", 1)
        case.put(micro_batch_size=b, gradient_accumulation_steps=g, global_batch_size=b * g)
        e = args.get("num_train_epochs", 3)
        if "max_steps" not in args and isinstance(e, int) and observed["optimizer_steps"] % e == 0:
            case.put(steps_per_epoch=observed["optimizer_steps"] // e)
        case.lr(None, None, observed["lr_last"])
    script = Script(case)
    script.imp(
        "from datasets import Dataset",
        "from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments, losses",
    )
    script.define(
        'def make_pairs(size):\n    return Dataset.from_list([{"anchor": f"w{i % 90}", "positive": f"w{100 + i % 90}"} for i in range(size)])'
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
            script.do(
                'train_dataset = load_dataset("json", data_files=os.path.join(os.environ["DATA_DIR"], "train.jsonl"), split="train")'
            )
        else:
            script.do(f"train_dataset = make_pairs({script.opt('train_size', sizes[0])})")
    else:
        script.do(
            "train_dataset = {\n" + "".join(f'    "part_{i}": make_pairs({n}),\n' for i, n in enumerate(sizes)) + "}"
        )
    script.do(
        "loss = losses.MultipleNegativesRankingLoss(model)",
        "trainer = SentenceTransformerTrainer(\n    model=model,\n    args=training_args,\n    train_dataset=train_dataset,\n    loss=loss,\n)",
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


def fastai(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "fastai")
    d = config["dataloader"]
    acc = config.get("grad_accum_n_acc")
    if case.completes:
        case.put(
            total_micro_batches=observed["train_batches"],
            total_steps=observed["optimizer_steps"],
            samples_seen=observed["samples_seen"],
            epochs_run=observed["epochs"],
        )
        if acc is None and observed["epochs"]:
            case.put(
                micro_batches_per_epoch=observed["train_batches"] // observed["epochs"],
                steps_per_epoch=observed["optimizer_steps"] // observed["epochs"],
                micro_batch_size=d["bs"],
            )
        if observed["optimizer_steps"]:
            case.lr(observed["lr_first"], highest(observed["lr_series"]), observed["lr_last"], tolerance=1e-5)
    script = Script(case)
    data = Data(script)
    script.imp(
        "import torch",
        "from fastai.data.all import DataLoader, DataLoaders",
        "from fastai.learner import Learner",
        "from fastai.optimizer import SGD",
        "from fastai.callback.all import *",
    )

    def rows(n: int, part: str, quantity: str) -> str:
        if data.hidden:
            return f"[(torch.tensor(row), torch.ones(1)) for row in {data.rows(n, part, quantity)}]"
        if number(case.id, "rows") % 2:
            return f"[(torch.randn(3), torch.randn(1)) for _ in range({script.opt(part + '_size', n)})]"
        return f"list(zip(torch.randn({n}, 3), torch.randn({n}, 1)))"

    script.do(
        "train_dl = "
        + script.call("DataLoader", d, first=[rows(env["dataset_size"], "train", "dataset_size")], group="loader_args")
    )
    script.do(
        f"valid_dl = DataLoader({rows(env['eval_dataset_size'], 'valid', 'eval_dataset_size')}, bs={script.opt('bs', d['bs'])})"
    )
    script.do(
        "model = torch.nn.Linear(3, 1)",
        "learn = Learner(DataLoaders(train_dl, valid_dl), model, loss_func=torch.nn.MSELoss(), opt_func=SGD, lr=0.1)",
    )
    positional = [script.opt("epochs" if i == 0 else "max_lr", x) for i, x in enumerate(config["args"])]
    if config["method"] == "fit_sgdr":
        positional = [repr(x) for x in config["args"]]
    fixed = []
    if acc is not None:
        script.imp("from fastai.callback.training import GradientAccumulation")
        fixed.append(("cbs", f"[GradientAccumulation({script.opt('accumulation_samples', acc)})]"))
    script.do(
        script.call(
            f"learn.{config['method']}", config.get("kwargs", {}), first=positional, fixed=fixed, group="fit_args"
        )
    )
    case.files["train.py"] = script.text()
    case.requirements(
        f"fastai=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    case.assume["world_size"] = 1
    return case


def ignite(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "ignite")
    kind = env.get("dataset_kind")
    n, bs = env["dataset_size"], config["batch_size"]
    if case.completes:
        case.put(total_steps=observed["iterations"], total_micro_batches=observed["iterations"])
        if kind != "none":
            case.put(samples_seen=observed["samples_seen"], micro_batch_size=bs)
        if isinstance(observed.get("event_fired_at_epoch_iteration"), list) and "event" in config:
            case.events["evaluations"] = [x[1] for x in observed["event_fired_at_epoch_iteration"]]
        length = observed.get("state_epoch_length")
        if isinstance(length, int) and not config.get("terminate_at") and observed.get("iterations"):
            case.put(micro_batches_per_epoch=length, steps_per_epoch=length)
    script = Script(case)
    d = Data(script)
    script.imp(
        "import torch",
        "from torch import nn",
        "from torch.utils.data import DataLoader",
        "from ignite.engine import Engine, Events",
    )
    script.do("model = nn.Linear(3, 1)", "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)")
    if kind == "none":
        fetch = "x = torch.randn(2, 3)\n    y = x.sum(dim=1, keepdim=True)"
    else:
        fetch = "x, y = batch"
    script.do(
        f"def train_step(engine, batch):\n    {fetch}\n    optimizer.zero_grad()\n    loss = nn.functional.mse_loss(model(x), y)\n    loss.backward()\n    optimizer.step()\n    return loss.item()"
    )
    script.do("trainer = Engine(train_step)")
    if kind == "none":
        data = "None"
    else:
        script.do(
            f"train_loader = DataLoader({d.torch_map(n, item='pair')}, batch_size={script.opt('batch_size', bs)})"
        )
        data = "train_loader"
        if kind == "iterator":  # a loader's own iterator has a length, a stream has none
            script.define("def stream(loader):\n    for batch in loader:\n        yield batch")
            data = "stream(train_loader)"
    if "event" in config:
        e = dict(config["event"])
        name = e.pop("name")
        script.do(
            "evaluator = Engine(lambda engine, batch: model(batch[0]).detach())",
            f"val_loader = DataLoader({d.torch_map(6, part='validation', quantity='eval_dataset_size', item='pair')}, batch_size=2)",
        )
        event = f"Events.{name}" + (script.call("", e, group="event") if e else "")
        script.do(f"@trainer.on({event})\ndef validate(engine):\n    evaluator.run(val_loader)")
    if config.get("terminate_at"):
        script.do(
            f"@trainer.on(Events.ITERATION_COMPLETED(once={script.opt('stop_at', config['terminate_at'])}))\ndef stop(engine):\n    engine.{config.get('terminate', 'terminate')}()"
        )
    script.do(script.call("trainer.run", config["run"], first=[data], group="run_args"))
    case.files["train.py"] = script.text()
    case.requirements(
        f"pytorch-ignite=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}"
    )
    case.assume["world_size"] = 1
    return case


def optax_schedule(spec: Options, script: Script = None) -> str:
    a = dict(spec.get("args", {}))
    if spec["fn"] == "join_schedules":
        return (
            "optax.join_schedules(\n    schedules=["
            + ", ".join(optax_schedule(x) for x in a["schedules"])
            + f"],\n    boundaries={a['boundaries']!r},\n)"
        )
    if "boundaries_and_scales" in a:
        a["boundaries_and_scales"] = {int(k): x for k, x in a["boundaries_and_scales"].items()}
    if script is not None and all(not isinstance(x, (dict, list)) for x in a.values()):
        return script.call(f"optax.{spec['fn']}", a, group="schedule")
    return f"optax.{spec['fn']}(" + ", ".join(f"{k}={x!r}" for k, x in a.items()) + ")"


def optax(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "optax")
    script = Script(
        case, pick(case.id, "optax-idiom", ["literal", "constants", "argparse", "dataclass", "dict", "splat", "json"])
    )
    script.imp("import jax", "import jax.numpy as jnp", "import optax")
    wrapper = config.get("wrapper")
    micro = env.get("steps", env.get("micro_batches"))
    spec = config.get("schedule", config.get("learning_rate"))
    rate = optax_schedule(spec, script) if isinstance(spec, dict) else script.opt("learning_rate", spec)
    script.do(f"schedule = {rate}", "optimizer = optax.sgd(schedule)")
    if wrapper:
        a = wrapper["args"]
        if wrapper["fn"] == "MultiSteps":
            script.do("optimizer = " + script.call("optax.MultiSteps", a, first=["optimizer"], group="multi_steps"))
        else:
            script.do(
                "optimizer = optax.chain(" + script.call("optax.apply_every", a, group="apply_every") + ", optimizer)"
            )
    script.define('def loss_fn(params, x, y):\n    return jnp.mean((x @ params["w"] + params["b"] - y) ** 2)')
    batch = pick(case.id, "batch", [2, 4])
    hidden = number(case.id, "hidden") % 3 == 0
    script.imp("import numpy as np")
    if hidden:
        case.assume["dataset_size"] = micro * batch
        script.imp("import os")
        script.define(
            'def load_rows(name):\n    with open(os.path.join(os.environ["DATA_DIR"], name)) as handle:\n        return [[float(value) for value in line.split(",")] for line in handle if line.strip()]'
        )
        script.do('x_train = np.array(load_rows("train.csv"))')
    else:
        script.do(f"x_train = np.zeros(({micro * batch}, 3)) + 1.0")
    script.do(
        "y_train = x_train.sum(axis=1)",
        f"batch_size = {script.opt('batch_size', batch)}",
        'params = {"w": jnp.zeros(3), "b": jnp.zeros(())}',
        "opt_state = optimizer.init(params)",
        "for start in range(0, len(x_train), batch_size):\n    x, y = x_train[start:start + batch_size], y_train[start:start + batch_size]\n    grads = jax.grad(loss_fn)(params, x, y)\n    updates, opt_state = optimizer.update(grads, opt_state, params)\n    params = optax.apply_updates(params, updates)",
    )
    case.files["train.py"] = script.text()
    if case.completes:
        case.put(total_micro_batches=micro)
        if "schedule" in config:
            case.put(total_steps=micro)
            values = observed["values"]
            if isinstance(values, list) and "nan" not in values:
                case.lr(observed["first"], highest(values), observed["last"], tolerance=2e-5)
        elif wrapper is None or wrapper["fn"] == "MultiSteps":
            k = (wrapper or {}).get("args", {}).get("every_k_schedule", 1)
            if not isinstance(config["learning_rate"], dict):
                case.put(total_steps=observed["updates_applied"])
            if isinstance(k, int) and k:
                case.put(gradient_accumulation_steps=k)
    case.assume["world_size"] = 1
    case.requirements(f"optax=={version(vector['framework_version'])}", f"jax=={version(vector['versions']['jax'])}")
    return case


def timm(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    case = Case(vector, "timm")
    sc, upe = dict(config["scheduler"]), env["updates_per_epoch"]
    script = Script(case)
    d = Data(script)
    batch = pick(case.id, "batch", [2, 4])
    script.imp(
        "import torch",
        "from torch import nn",
        "from torch.utils.data import DataLoader",
        "from timm.scheduler import create_scheduler_v2",
    )
    script.do(
        f"train_loader = DataLoader({d.torch_map(upe * batch, item='pair')}, batch_size={script.opt('batch_size', batch)}, shuffle=True)"
    )
    script.do("model = nn.Linear(3, 1)", f"optimizer = torch.optim.SGD(model.parameters(), lr={script.opt('lr', 0.1)})")
    if sc.get("updates_per_epoch") == upe and number(case.id, "upe") % 2:
        sc.pop("updates_per_epoch")
        fixed = [("updates_per_epoch", "len(train_loader)")]
    else:
        fixed = []
    script.do(
        "scheduler, num_epochs = "
        + script.call("create_scheduler_v2", sc, first=["optimizer"], fixed=fixed, group="scheduler_args")
    )
    guard = "if scheduler is not None:\n            " if sc["sched"] == "none" else ""
    step = (
        "        if scheduler is not None:\n            scheduler.step_update(num_updates=num_updates)\n"
        if sc["sched"] == "none"
        else "        scheduler.step_update(num_updates=num_updates)\n"
    )
    last = (
        "    if scheduler is not None:\n        scheduler.step(epoch + 1, metric=running / len(train_loader))"
        if sc["sched"] == "none"
        else "    scheduler.step(epoch + 1, metric=running / len(train_loader))"
    )
    script.do(
        "num_updates = 0\nfor epoch in range(num_epochs):\n    running = 0.0\n    for x, y in train_loader:\n        loss = nn.functional.mse_loss(model(x), y)\n        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()\n        running += loss.item()\n        num_updates += 1\n"
        + step
        + last
    )
    case.files["train.py"] = script.text()
    if case.completes:
        case.put(
            total_steps=observed["updates"],
            total_micro_batches=observed["updates"],
            micro_batches_per_epoch=upe,
            steps_per_epoch=upe if observed["updates"] else None,
            micro_batch_size=batch,
            epochs_run=observed["num_epochs"],
        )
        if sc["sched"] != "plateau" and observed["updates"]:
            case.lr(observed["lr_first"], highest(observed["lr_per_update"]), observed["lr_last"])
    one_process(case, None)
    case.requirements(f"timm=={version(vector['framework_version'])}", f"torch=={version(vector['versions']['torch'])}")
    return case


def sb3(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    a, algo = dict(config["args"]), config["algo"]
    if "learn_again" in config:
        raise Skip("two calls of learn in one file")
    if isinstance(a.get("train_freq"), list):
        if not vector.get("error"):
            raise Skip("the number of updates depends on the length of episodes")
    case = Case(vector, "stable-baselines3")
    case.match = ["stable-baselines3", "sb3"]
    script = Script(case)
    script.imp(f"from stable_baselines3 import {algo}", "from stable_baselines3.common.env_util import make_vec_env")
    n = script.opt("n_envs", env["n_envs"])
    script.do(f'env = make_vec_env("{"Pendulum-v1" if algo in ("SAC", "TD3") else "CartPole-v1"}", n_envs={n})')
    fixed = []
    if isinstance(a.get("train_freq"), list):
        fixed.append(("train_freq", repr(tuple(a.pop("train_freq")))))
    script.do("model = " + script.call(algo, a, first=['"MlpPolicy"', "env"], fixed=fixed, group="model_args"))
    more = []
    for c in config.get("callbacks", []):
        script.imp(f"from stable_baselines3.common.callbacks import {c['class']}")
        if c["class"] == "CheckpointCallback":
            more.append(
                script.call("CheckpointCallback", c["args"], fixed=[("save_path", '"checkpoints"')], group="checkpoint")
            )
        else:
            more.append(
                script.call(
                    "EvalCallback", c["args"], first=['make_vec_env("CartPole-v1", n_envs=1)'], group="evaluation"
                )
            )
    script.do(
        f"model.learn(total_timesteps={script.opt('total_timesteps', config['total_timesteps'])}"
        + (f", callback=[{', '.join(more)}]" if more else "")
        + ")"
    )
    case.files["train.py"] = script.text()
    if case.completes and algo not in ("SAC", "TD3"):  # those step several optimizers
        case.put(total_steps=observed["optimizer_steps"])
    case.assume["world_size"] = 1
    case.requirements(
        f"stable-baselines3=={version(vector['framework_version'])}",
        f"gymnasium=={version(vector['versions']['gymnasium'])}",
        f"torch=={version(vector['versions']['torch'])}",
    )
    return case


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


def spacy(vector: Vector, siblings: list[Vector]) -> Case:
    config, env, observed = vector["config"], vector["env"], vector.get("observed") or {}
    if (
        vector.get("error")
        and vector["error"].get("phase") in ("build", "init")
        and "E1015" in vector["error"].get("gist", "")
    ):
        raise Skip("recorder's own failure (E1015 before training)")
    case = Case(vector, "spacy")
    t = dict(config["training"])
    batcher = t.pop("batcher", None)
    text = SPACY + "".join(f"{k} = {json.dumps(x)}\n" for k, x in {**SPACY_TRAINING, **t}.items())
    if not batcher:
        text += SPACY_BATCHER
    else:
        text += "\n[training.batcher]\n" + "".join(f"{k} = {json.dumps(x)}\n" for k, x in batcher.items())
    if case.completes:
        if not t.get("patience"):
            by_sequence = batcher and batcher["@batchers"].startswith("spacy.batch_by_sequence")
            limited = t.get("max_steps", 20000) > 0 and observed["steps"] == t["max_steps"]
            if by_sequence or limited:
                accum = t.get("accumulate_gradient", 1)
                if observed.get("optimizer_updates_per_parameter", observed["steps"]) == observed["steps"]:
                    case.put(total_steps=observed["steps"])
                case.put(samples_seen=observed["samples_seen"] if accum == 1 and by_sequence else None)
    case.files["config.cfg"] = text + SPACY_END
    case.files["train.sh"] = (
        "#!/usr/bin/env bash\nset -euo pipefail\npython -m spacy train config.cfg --output output\n"
    )
    case.assume.update(
        {"dataset_size": env["dataset_size"], "eval_dataset_size": env["eval_dataset_size"], "world_size": 1}
    )
    case.requirements(f"spacy=={version(vector['framework_version'])}")
    return case
