# verdict: passed
#
# Line ends of another system.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
