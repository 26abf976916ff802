"""Group normalization from tensors, and instance normalization as a case of it."""

import torch
from torch import nn


class GroupNorm(nn.Module):
    """Each group of channels of each sample to mean 0 and variance 1, then scaled and shifted by channel."""

    def __init__(self, groups: int, channels: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        if channels % groups:
            raise ValueError("the channels do not make equal groups")
        self.groups = groups
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = x.reshape(len(x), self.groups, -1)  # (N, G, C/G · positions)
        mean = values.mean(2, keepdim=True)
        var = values.var(2, correction=0, keepdim=True)
        y = ((values - mean) / (var + self.eps).sqrt()).reshape(x.shape)
        if self.weight is None:
            return y
        return (y.movedim(1, -1) * self.weight + self.bias).movedim(-1, 1)


class InstanceNorm(GroupNorm):
    """As many groups as channels."""

    def __init__(self, channels: int, eps: float = 1e-5, affine: bool = False) -> None:
        super().__init__(channels, channels, eps, affine)
