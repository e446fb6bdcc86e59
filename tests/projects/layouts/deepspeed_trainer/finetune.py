from transformers import Trainer, TrainingArguments

from data import dataset, model

training_args = TrainingArguments(
    output_dir="out",
    per_device_train_batch_size=2,
    gradient_accumulation_steps=8,
    max_steps=300,
    deepspeed="ds_zero2.json",
)
Trainer(model=model, args=training_args, train_dataset=dataset).train()
