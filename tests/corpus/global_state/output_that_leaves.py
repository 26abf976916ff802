# verdict: error
# fault: exit
# says: Your code ended the program
#
# An output that ends the program when it is flushed, outside of any probe.
import sys

from torch import nn


class Leaving:
    def write(self, text):
        pass

    def flush(self):
        raise SystemExit(0)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        sys.stdout = Leaving()
        return ((input - target) ** 2).mean()
