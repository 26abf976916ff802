# verdict: failed
# says: does not require grad
#
# The value is right, the graph is cut.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input.detach() - target) ** 2).mean()
