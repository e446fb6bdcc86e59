from mmengine.config import read_base

with read_base():
    from ._base_.datasets.imagenet import *
    from ._base_.schedules.bs256 import *

train_dataloader.update(batch_size=16)
train_cfg.update(max_epochs=50)
