from mmengine.optim import MultiStepLR, OptimWrapper
from torch.optim import SGD

optim_wrapper = dict(type=OptimWrapper, optimizer=dict(type=SGD, lr=0.1))
param_scheduler = dict(type=MultiStepLR, by_epoch=True, milestones=[30, 60, 90], gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)
val_cfg = dict()
test_cfg = dict()
