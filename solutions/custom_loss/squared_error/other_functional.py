"""The same through torch's own function."""

import torch
from torch import nn
from torch.nn import functional as F


class SquaredErrorLoss(nn.Module):
    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return F.mse_loss(input, target)
