"""Batch normalization from tensors."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    """Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.

    channels: C, how many channels (or features) the input has
    eps:      added to the variance, under the root
    momentum: the share of the newest batch in the running statistics

    forward(x) -> a tensor of the shape and dtype of x

    x: shape (N, C), (N, C, L), (N, C, H, W) or with still more dimensions; channels stand second

    weight: nn.Parameter (C,), at first 1: the scale of each channel
    bias:   nn.Parameter (C,), at first 0: its shift
    running_mean, running_var: buffers (C,), at first 0 and 1; autograd knows nothing of how they change

    Training mode: mean and variance of each channel are those of this batch, over all dimensions but the second; the
    variance divides by n, the number of values of a channel. The running statistics take up a share of `momentum` of
    them, with the variance that divides by n - 1. Raises ValueError if n is 1.
    Evaluation mode: mean and variance are the running ones, which stay as they are. N may be 1.

    torch's own (nn.BatchNorm1d, F.batch_norm, …) are what yours is compared with: do without them here. mean, var and
    the like are yours to use.
    """

    def __init__(self, channels: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        # Make weight, bias, running_mean and running_var here.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
