# verdict: failed
# says: The loss should be a tensor, but it is int
#
# A number with more digits than Python prints.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return 10**6000
