torchrun --nnodes=1:4 --nproc_per_node=8 --max_restarts=3 train.py --output_dir out --max_steps 100
