# verdict: failed
# says: The loss should be a tensor, but it is float
#
# item() gives a number with no graph.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean().item()
