# verdict: failed
# says: Your file does not define `SquaredErrorLoss`.
#
# The class has another name than the one asked for.
from torch import nn


class SquareErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
