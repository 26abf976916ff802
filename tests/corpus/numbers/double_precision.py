# verdict: failed
# says: should have dtype torch.float32, but it has torch.float64
#
# The right number in another dtype.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input.double() - target.double()) ** 2).mean()
