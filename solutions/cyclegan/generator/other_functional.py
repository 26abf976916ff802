"""The same with modules for what has weights and functions for the rest."""

import torch
from torch import nn
from torch.nn import functional as F


def normal(x):
    return F.instance_norm(x)


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.first, self.second = nn.Conv2d(n, n, 3), nn.Conv2d(n, n, 3)

    def forward(self, x):
        y = F.relu(normal(self.first(F.pad(x, (1, 1, 1, 1), mode="reflect"))))
        return normal(self.second(F.pad(y, (1, 1, 1, 1), mode="reflect"))).add(x)


class Generator(nn.Module):
    def __init__(self, channels=3, width=64, blocks=9):
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 7)
        self.down = nn.ModuleList([nn.Conv2d(width, 2 * width, 3, 2, 1), nn.Conv2d(2 * width, 4 * width, 3, 2, 1)])
        self.blocks = nn.ModuleList(Block(4 * width) for _ in range(blocks))
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(4 * width, 2 * width, 3, 2, 1, 1),
                nn.ConvTranspose2d(2 * width, width, 3, 2, 1, 1),
            ]
        )
        self.head = nn.Conv2d(width, channels, 7)

    def forward(self, x):
        x = F.relu(normal(self.stem(F.pad(x, (3,) * 4, mode="reflect"))))
        for conv in self.down:
            x = F.relu(normal(conv(x)))
        for block in self.blocks:
            x = block(x)
        for conv in self.up:
            x = F.relu(normal(conv(x)))
        return torch.tanh(self.head(F.pad(x, (3,) * 4, mode="reflect")))
