#!/bin/bash
deepspeed --num_gpus 4 train.py --train_batch_size 3 --gradient_accumulation_steps 1 --deepspeed --deepspeed_config ds.json
