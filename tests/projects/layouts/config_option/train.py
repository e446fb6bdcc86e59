import argparse
import yaml
from transformers import Trainer, TrainingArguments

from data import dataset, model

parser = argparse.ArgumentParser()
parser.add_argument("--config", default="configs/default.yaml")
cfg = yaml.safe_load(open(parser.parse_args().config))
args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=cfg["train"]["batch_size"],
    learning_rate=cfg["train"]["lr"],
    max_steps=cfg["steps"],
)
Trainer(model=model, args=args, train_dataset=dataset).train()
