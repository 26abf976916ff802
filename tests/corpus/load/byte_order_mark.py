# verdict: passed
#
# Some editors put a byte order mark at the beginning. Python reads past it.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
