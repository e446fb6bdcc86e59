import torch
from hydra import compose, initialize
from torch.utils.data import DataLoader, TensorDataset

with initialize(version_base=None, config_path="conf"):
    cfg = compose(config_name="config", overrides=["epochs=4"])

data = TensorDataset(torch.zeros(cfg.samples, 4), torch.zeros(cfg.samples))
loader = DataLoader(data, batch_size=cfg.batch_size, shuffle=True)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=cfg.model.lr)
for epoch in range(cfg.epochs):
    for x, y in loader:
        optimizer.zero_grad()
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
