#!/bin/bash
set -e
accelerate launch --config_file configs/two_nodes.yaml train.py \
    --output_dir out \
    --per_device_train_batch_size 4 \
    --gradient_accumulation_steps 2 \
    --max_steps 1000
