# verdict: failed
# says: Your code raised ValueError (line 10)
#
# A lone surrogate cannot be written as UTF-8.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise ValueError("half \ud83d of it")
