# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped.
#
# 50 MB without a line's end.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        print("x" * 50_000_000)
        return ((input - target) ** 2).mean()
