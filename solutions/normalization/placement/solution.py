"""A small residual network for digits, with its norms in their places."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Linear layer, norm, activation; a norm for every layer but the last, and a bias for the last alone."""

    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm3 = nn.BatchNorm2d(channels)
        self.hidden = nn.Linear(channels * 4 * 4, width, bias=False)
        self.norm4 = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm1(self.conv1(x)))  # (N, C, 8, 8)
        y = F.relu(self.norm2(self.conv2(x)))
        y = self.norm3(self.conv3(y))
        x = F.max_pool2d(F.relu(x + y), 2)  # (N, C, 4, 4)
        x = F.relu(self.norm4(self.hidden(x.flatten(1))))  # (N, width)
        return self.last(x)
