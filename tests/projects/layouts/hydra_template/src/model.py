import lightning as L
import torch


class MNISTLitModule(L.LightningModule):
    def __init__(self, lr: float):
        super().__init__()
        self.lr = lr

    def training_step(self, batch, batch_idx):
        return self.net(batch)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)
