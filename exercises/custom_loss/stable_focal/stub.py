"""Binary focal loss from logits, finite for every logit."""

import torch
from torch import nn
from torch.nn import functional as F


class FocalLoss(nn.Module):
    """The mean of (1 - p)^gamma * (-log p), p the probability given to the true class (Lin et al., 2017).

    forward(logits, target) -> a tensor of shape (), with the dtype of the logits

    gamma:  0 or more, not always a whole number
    logits: scores before the sigmoid, any shape, float32 or float64, as far out as ±10,000; gradients must reach them
    target: zeros and ones, with the shape and dtype of the logits; a batch may hold ones only, or zeros only

    The value and its gradient are finite and right everywhere: a logit of -10,000 where the target is 1 costs 10,000.
    """

    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        # Write the equation of the lesson here, with logarithms of probabilities in place of probabilities.
        raise NotImplementedError
