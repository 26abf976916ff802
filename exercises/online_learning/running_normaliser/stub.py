"""Normalise a stream by running statistics: no batch is needed."""

import torch
from torch import nn


class RunningNormaliser(nn.Module):
    """Brings each feature to mean 0 and variance 1, by the statistics of all rows seen so far.

    features: how many features a row has
    eps:      added to the variance under the root, as in BatchNorm

    forward(x) -> a tensor of the shape and dtype of x

    x: rows, shape (N, features), N from 1 on

    In training mode forward first takes in every row of x, then normalises x by the statistics, which include it. In
    evaluation mode it normalises only. The statistics are constants to autograd: no gradient flows through them, and
    nothing of x is held. They are part of state_dict() and no parameters.

    After at least one row:
    mean: shape (features,), the mean of all rows seen in training mode
    var:  shape (features,), their variance, dividing by the number of rows (not that number minus 1)
    """

    def __init__(self, features: int, eps: float = 1e-5) -> None:
        super().__init__()
        # Keep the running statistics here. `mean` and `var` may be buffers or properties.

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Write both here: take in the rows (in training mode), then normalise.
        raise NotImplementedError
