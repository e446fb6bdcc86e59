python train.py steps=200 train.batch_size=6
