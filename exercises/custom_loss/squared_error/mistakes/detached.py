# mistake: cut-graph
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input.detach() - target) ** 2).mean().requires_grad_()
