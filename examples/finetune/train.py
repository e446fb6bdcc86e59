"""A fine-tuning script with the three mistakes that people make most."""

import argparse

from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=8)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    training = TrainingArguments(
        output_dir="out",
        num_train_epochs=args.epochs,
        max_steps=500,
        per_device_train_batch_size=args.batch_size,
        gradient_accumulation_steps=4,
        warmup_steps=1000,
        eval_strategy="steps",
        eval_steps=200,
        save_steps=1000,
    )
    data = load_dataset("imdb")
    model = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased")
    trainer = Trainer(model=model, args=training, train_dataset=data["train"], eval_dataset=data["test"])
    trainer.train()


if __name__ == "__main__":
    main()
