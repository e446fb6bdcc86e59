import hydra
from transformers import Trainer, TrainingArguments

from data import dataset, model


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    args = TrainingArguments(output_dir="out", per_device_train_batch_size=cfg.batch_size, max_steps=cfg.steps)
    Trainer(model=model, args=args, train_dataset=dataset).train()


main()
