accelerate launch --config_file acc.yaml --num_processes 4 --num_machines 1 train.py --output_dir out --max_steps 10
