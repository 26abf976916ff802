"""Any number of layers from a list of sizes; the activation is what differs between the two."""

import itertools

import torch
from torch import nn


class Stack(nn.Module):
    def __init__(self, *sizes: int, slope: float) -> None:
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.slope = slope

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        *inner, last = self.linears
        for linear in inner:
            x = linear(x)
            x = torch.maximum(x, self.slope * x)
        return last(x)


class Generator(nn.Module):
    def __init__(self, noise_size: int = 16, hidden: int = 64, side: int = 8) -> None:
        super().__init__()
        self.stack = Stack(noise_size, hidden, hidden, side * side, slope=0.0)
        self.side = side

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.stack(z).tanh().reshape(len(z), 1, self.side, self.side)


class Discriminator(Stack):
    def __init__(self, side: int = 8, hidden: int = 64) -> None:
        super().__init__(side * side, hidden, hidden, 1, slope=0.2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return super().forward(images.reshape(len(images), -1)).reshape(-1)
