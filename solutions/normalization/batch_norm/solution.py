"""Batch normalization from tensors."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    """Each channel to mean 0 and variance 1 over the batch, then scaled and shifted."""

    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = x.movedim(1, -1)  # (N, *, C)
        if self.training:
            values = rows.flatten(0, -2)  # (n, C)
            if len(values) == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = values.mean(0), values.var(0, correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(values.var(0), self.momentum)
        else:
            mean, var = self.running_mean, self.running_var
        y = (rows - mean) / (var + self.eps).sqrt() * self.weight + self.bias
        return y.movedim(-1, 1)
