# verdict: failed
# says: Your code raised ValueError (line 14): gone
#
# The file is gone when the exception's line is looked up.
import os

from torch import nn

os.remove(__file__)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise ValueError("gone")
