# verdict: failed
# says: should have shape (), but it has shape (1,)
#
# The right number in a shape that broadcasts against the expected one.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean().reshape(1)
