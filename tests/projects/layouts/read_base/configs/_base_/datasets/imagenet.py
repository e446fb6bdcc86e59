from mmengine.dataset import DefaultSampler
from mmpretrain.datasets import ImageNet

train_dataloader = dict(batch_size=32, num_workers=5, dataset=dict(type=ImageNet, data_root='data/imagenet', split='train'), sampler=dict(type=DefaultSampler, shuffle=True))
val_dataloader = dict(batch_size=64, num_workers=5, dataset=dict(type=ImageNet, data_root='data/imagenet', split='val'), sampler=dict(type=DefaultSampler, shuffle=False))
