# verdict: failed
# says: neither a tensor nor a plain value
#
# An answer whose repr has 100 MB must not be asked for it.
from torch import nn


class Long:
    def __repr__(self):
        return "x" * 100_000_000

    __str__ = __repr__


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return Long()
