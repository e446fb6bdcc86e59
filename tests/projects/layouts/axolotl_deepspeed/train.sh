accelerate launch --num_processes 8 -m axolotl.cli.train examples/lora.yml --micro-batch-size 1
