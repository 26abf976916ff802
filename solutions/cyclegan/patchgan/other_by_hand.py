"""The same with norm and activation by hand, and the receptive field as a sum."""

import math

import torch
from torch import nn


def receptive_field(layers):
    strides = [stride for _, stride in layers]
    return 1 + sum((kernel - 1) * math.prod(strides[:i]) for i, (kernel, _) in enumerate(layers))


def leaky(x):
    return torch.maximum(x, x / 5)


class Discriminator(nn.Module):
    def __init__(self, channels=3, width=64):
        super().__init__()
        self.c64 = nn.Conv2d(channels, width, 4, 2, 1)
        self.c128 = nn.Conv2d(width, width * 2, 4, 2, 1)
        self.c256 = nn.Conv2d(width * 2, width * 4, 4, 2, 1)
        self.c512 = nn.Conv2d(width * 4, width * 8, 4, 1, 1)
        self.last = nn.Conv2d(width * 8, 1, 4, 1, 1)

    def forward(self, x):
        x = leaky(self.c64(x))
        for conv in (self.c128, self.c256, self.c512):
            x = conv(x)
            variance, mean = torch.var_mean(x, (2, 3), correction=0, keepdim=True)
            x = leaky((x - mean) * torch.rsqrt(variance + 1e-5))
        return self.last(x)
