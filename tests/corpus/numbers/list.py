# verdict: failed
# says: The loss should be a tensor, but it is list
#
# A list that looks like a tensor.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).tolist()
