"""The layers in another order than that of use, which parameters() then has as well; activations without a module."""

import torch
from torch import nn
from torch.nn import functional as F


class Generator(nn.Module):
    def __init__(self, noise_size: int = 16, hidden: int = 64, side: int = 8) -> None:
        super().__init__()
        self.side = side
        ends = {"out": nn.Linear(hidden, side**2), "into": nn.Linear(noise_size, hidden)}
        self.layers = nn.ModuleDict({**ends, "middle": nn.Linear(hidden, hidden)})

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        for name in ("into", "middle"):
            z = self.layers[name](z).clamp(min=0)
        return self.layers["out"](z).tanh().unflatten(1, (1, self.side, self.side))


class Discriminator(nn.Module):
    def __init__(self, side: int = 8, hidden: int = 64) -> None:
        super().__init__()
        self.head = nn.Linear(hidden, 1)
        self.body = nn.ModuleList([nn.Linear(hidden, hidden), nn.Linear(side * side, hidden)])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = images.flatten(1)
        for layer in reversed(self.body):
            x = F.leaky_relu(layer(x), 0.2)
        return self.head(x).squeeze(1)
