# verdict: error
# fault: output
# says: Your code printed more than 64 KiB and was stopped.
#
# It would end by itself, after far too much.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for i in range(1_000_000):
            print("line", i)
        return ((input - target) ** 2).mean()
