_base_ = 'resnet50.py'
train_cfg = dict(_delete_=True, type='IterBasedTrainLoop', max_iters=300, val_interval=60)
default_hooks = dict(checkpoint=dict(interval=150))
