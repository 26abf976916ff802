"""The modules hold the numbers, functions do the work."""

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        for number in (1, 2, 3):
            conv = nn.Conv2d(1 if number == 1 else channels, channels, kernel_size=3, padding="same", bias=False)
            self.register_module(f"conv{number}", conv)
            self.register_module(f"norm{number}", nn.BatchNorm2d(channels))
        self.hidden = nn.Linear(channels * 16, width, bias=False)
        self.norm4 = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, classes, bias=True)

    def normalized(self, norm: nn.Module, y: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(
            y, norm.running_mean, norm.running_var, norm.weight, norm.bias, self.training, norm.momentum, norm.eps
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = F.threshold(self.normalized(self.norm1, F.conv2d(x, self.conv1.weight, padding=1)), 0.0, 0.0)
        branch = F.threshold(self.normalized(self.norm2, F.conv2d(first, self.conv2.weight, padding=1)), 0.0, 0.0)
        branch = self.normalized(self.norm3, F.conv2d(branch, self.conv3.weight, padding=1))
        pooled = F.max_pool2d(torch.relu(first + branch), 2).reshape(len(x), -1)
        hidden = self.normalized(self.norm4, torch.einsum("ni,oi->no", pooled, self.hidden.weight)).relu()
        return torch.addmm(self.last.bias, hidden, self.last.weight.T)
