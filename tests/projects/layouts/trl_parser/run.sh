accelerate launch --num_processes 4 train.py --config recipes/config.yaml --gradient_accumulation_steps 2
