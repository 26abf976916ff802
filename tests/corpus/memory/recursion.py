# verdict: failed
# says: Your code raised RecursionError (line 10)
#
# Python's own limit holds.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return self.forward(input, target)
