"""The layers by name, everything between them as functions."""

import torch
from torch import nn
from torch.nn import functional as F


class Generator(nn.Module):
    def __init__(self, noise_size: int = 16, hidden: int = 64, side: int = 8) -> None:
        super().__init__()
        self.side = side
        self.first = nn.Linear(noise_size, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, side**2)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        h = F.relu(self.second(F.relu(self.first(z))))
        return torch.tanh(self.last(h)).view(-1, 1, self.side, self.side)


class Discriminator(nn.Module):
    def __init__(self, side: int = 8, hidden: int = 64) -> None:
        super().__init__()
        self.first = nn.Linear(side**2, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        h = F.leaky_relu(self.first(images.flatten(1)), negative_slope=0.2)
        h = F.leaky_relu(self.second(h), negative_slope=0.2)
        return self.last(h)[:, 0]
