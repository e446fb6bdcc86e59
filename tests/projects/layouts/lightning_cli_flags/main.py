from lightning.pytorch.cli import LightningCLI

from data import Pixels
from net import Net

if __name__ == "__main__":
    LightningCLI(Net, Pixels)
