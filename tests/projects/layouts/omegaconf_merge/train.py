import omegaconf
from transformers import Trainer, TrainingArguments

from data import dataset, model

from omegaconf import OmegaConf

cfg = OmegaConf.merge(OmegaConf.load("base.yaml"), OmegaConf.from_cli())
args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=cfg["train"]["batch_size"],
    learning_rate=cfg["train"]["lr"],
    max_steps=cfg.train.steps,
)
Trainer(model=model, args=args, train_dataset=dataset).train()
