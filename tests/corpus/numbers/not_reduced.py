# verdict: failed
# says: should have shape (), but it has shape (3, 4)
#
# Reduction forgotten.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return (input - target) ** 2
