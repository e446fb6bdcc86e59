#!/bin/bash
NUM_GPUS=${NUM_GPUS:-4}
deepspeed --num_gpus $NUM_GPUS --master_port 29501 finetune.py
