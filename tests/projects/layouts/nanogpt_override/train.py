import torch

from model import GPT, get_batch

batch_size = 12
max_iters = 600000
eval_interval = 2000
gradient_accumulation_steps = 5 * 8
learning_rate = 6e-4
config_keys = [k for k, v in globals().items() if not k.startswith("_") and isinstance(v, (int, float, bool, str))]
exec(open("configurator.py").read())

data = torch.utils.data.TensorDataset(torch.zeros(9600, 8), torch.zeros(9600, 8))
loader = torch.utils.data.DataLoader(data, batch_size=batch_size)
model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
for epoch in range(2):
    for x, y in loader:
        loss = model(x, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
