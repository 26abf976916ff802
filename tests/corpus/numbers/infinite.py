# verdict: failed
# says: should be finite
#
# A division by nothing.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).sum() / 0
