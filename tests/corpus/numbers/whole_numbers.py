# verdict: failed
# says: should have dtype torch.float32, but it has torch.int64
#
# Cut off.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean().long()
