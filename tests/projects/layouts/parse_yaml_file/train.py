import sys

from transformers import HfArgumentParser, Trainer, TrainingArguments

from data import dataset, model

parser = HfArgumentParser(TrainingArguments)
(args,) = parser.parse_yaml_file(sys.argv[1])
Trainer(model=model, args=args, train_dataset=dataset).train()
