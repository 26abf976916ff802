"""Mean squared error, written by hand."""

import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    """The mean of the squared differences between an input and its target."""

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return (input - target).square().mean()
