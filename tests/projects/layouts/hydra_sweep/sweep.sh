python train.py --multirun batch_size=16,32 steps=50
