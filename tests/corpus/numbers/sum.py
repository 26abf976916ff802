# verdict: failed
# says: should be
#
# The commonest mistake of all.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).sum()
