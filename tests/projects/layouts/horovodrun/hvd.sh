horovodrun -np 8 -H host1:4,host2:4 --verbose python train.py --output_dir out --max_steps 10
uv run accelerate launch --num_processes 3 train.py --output_dir out --max_steps 20
