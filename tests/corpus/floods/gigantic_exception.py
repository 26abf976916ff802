# verdict: failed
# says: Your code raised ValueError (line 10): xxxx
#
# An exception with 20 MB of text: the report stays small.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise ValueError("x" * 20_000_000)
