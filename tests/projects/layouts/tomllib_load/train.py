import tomllib

import torch
from torch.utils.data import DataLoader, TensorDataset

with open("config.toml", "rb") as file:
    config = tomllib.load(file)["train"]

data = TensorDataset(torch.zeros(config["samples"], 4), torch.zeros(config["samples"]))
loader = DataLoader(data, batch_size=config["batch_size"], shuffle=True)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"])
for epoch in range(config["epochs"]):
    for x, y in loader:
        optimizer.zero_grad()
        loss = (model(x) - y).pow(2).mean()
        loss.backward()
        optimizer.step()
