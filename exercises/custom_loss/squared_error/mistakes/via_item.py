# mistake: cut-graph
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return torch.tensor(((input - target) ** 2).mean().item(), dtype=input.dtype, requires_grad=True)
