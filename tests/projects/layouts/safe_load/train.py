import yaml
from transformers import Trainer, TrainingArguments

from data import dataset, model

with open("config.yaml") as file:
    cfg = yaml.safe_load(file)
args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=cfg["train"]["batch_size"],
    learning_rate=cfg["train"]["lr"],
    max_steps=cfg["steps"],
)
Trainer(model=model, args=args, train_dataset=dataset).train()
