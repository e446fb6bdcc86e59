_base_ = ['_base_/schedule.py', '_base_/data.py']
train_dataloader = dict(batch_size=16)
train_cfg = dict(max_epochs=50, val_interval=5)
