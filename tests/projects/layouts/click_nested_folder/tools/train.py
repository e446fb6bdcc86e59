import click
from transformers import Trainer, TrainingArguments

from data import dataset, model


@click.command()
@click.option("--batch-size", default=4)
@click.option("--steps", type=int, default=10)
def main(batch_size, steps):
    args = TrainingArguments(output_dir="out", per_device_train_batch_size=batch_size, max_steps=steps)
    Trainer(model=model, args=args, train_dataset=dataset).train()


main()
