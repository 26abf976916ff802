"""Group normalization from tensors, and instance normalization as a case of it."""

import torch
from torch import nn


class GroupNorm(nn.Module):
    """Brings each group of channels of each sample to mean 0 and variance 1, then scales and shifts each channel.

    groups:   G, the number of groups: the channels 0 … C/G - 1 are the first one, the next C/G the second, and so on
    channels: C, a multiple of G; otherwise ValueError, here in __init__
    eps:      added to the variance, under the root
    affine:   with weight and bias; otherwise there are no parameters, and the two may be None or missing

    forward(x) -> a tensor of the shape and dtype of x

    x: shape (N, C), (N, C, L), (N, C, H, W) or with still more dimensions

    weight: nn.Parameter (C,), at first 1: one scale for each channel, not for each group
    bias:   nn.Parameter (C,), at first 0

    The variance divides by the number of values. There are no running statistics, and both modes are the same.
    torch's own (nn.GroupNorm, F.instance_norm, F.layer_norm, …) are what yours is compared with: do without them here.
    mean, var and the like are yours to use.
    """

    def __init__(self, groups: int, channels: int, eps: float = 1e-5, affine: bool = True) -> None:
        super().__init__()
        # Make weight and bias here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class InstanceNorm(nn.Module):
    """Brings each channel of each sample to mean 0 and variance 1: x of shape (N, C, L), (N, C, H, W) and so on.

    channels, eps, affine: as for GroupNorm, but without weight and bias unless they are asked for, as in torch
    """

    def __init__(self, channels: int, eps: float = 1e-5, affine: bool = False) -> None:
        super().__init__()
        # Which GroupNorm is this? You may inherit from it or write it anew; weight and bias are its own.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
