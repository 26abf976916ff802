# verdict: passed
# output: after
#
# Output that is not UTF-8.
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        os.write(1, bytes(range(256)) + b"after\n")
        return ((input - target) ** 2).mean()
