# verdict: error
# fault: memory
# says: Your code asked for more memory than
#
# Python's own MemoryError, with no text.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return "x" * 10**11
