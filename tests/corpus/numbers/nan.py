# verdict: failed
# says: The loss should be finite, but it holds 1 NaN
#
# Not a number is neither larger nor smaller: `not (difference > tolerance)` would let it pass.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean() * float("nan")
