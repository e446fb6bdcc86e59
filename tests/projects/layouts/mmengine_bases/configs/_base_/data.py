rows = 32
train_dataloader = dict(batch_size=rows, num_workers=5, sampler=dict(type='DefaultSampler', shuffle=True))
val_dataloader = dict(batch_size=64, num_workers=5, sampler=dict(type='DefaultSampler', shuffle=False))
default_hooks = dict(checkpoint=dict(type='CheckpointHook', interval=1), logger=dict(type='LoggerHook', interval=100))
