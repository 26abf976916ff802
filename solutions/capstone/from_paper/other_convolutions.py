"""With pooling and 1 × 1 convolutions, as many implementations have it, in one nn.Sequential."""

import torch
from torch import nn
from torch.nn import functional as F


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        hidden = channels // reduction
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, hidden, kernel_size=1, bias=False),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, channels, kernel_size=1, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.gate(x) * x


class SEResidual(nn.Module):
    def __init__(self, branch, channels, reduction, shortcut=None):
        super().__init__()
        self.branch = nn.Sequential(branch, SqueezeExcitation(channels, reduction))
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = x if self.shortcut is None else self.shortcut(x)
        return F.relu(kept + self.branch(x))
