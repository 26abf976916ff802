"""Mean squared error, written by hand."""

import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    """The mean of the squared differences between an input and its target.

    forward(input, target) -> a tensor of shape (), with the dtype of the input

    input:  predictions, any shape; gradients must reach it
    target: what was wanted, the same shape
    """

    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        # Write the equation of the lesson here: (1/n) * sum of (x - t)².
        raise NotImplementedError
