# verdict: passed
# output: input torch.Size([3, 4])
#
# Everybody prints shapes while they learn.
import sys

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        print("input", input.shape, "target", target.shape)
        print("a warning", file=sys.stderr)
        return ((input - target) ** 2).mean()
