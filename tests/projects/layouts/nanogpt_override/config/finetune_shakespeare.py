import time

eval_interval = 5
batch_size = 1
learning_rate = 3e-5
