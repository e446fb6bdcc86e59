#!/bin/bash
cd "$(dirname "$0")/../src"
python -m torch.distributed.launch --use_env --nproc_per_node=2 lab/train.py --output_dir out --max_steps 7
python -m lab.train --output_dir out --max_steps 9
