import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return ((input - target) ** 2).mean()
