# mistake: cut-graph
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) * (input.detach() - target)).mean()
