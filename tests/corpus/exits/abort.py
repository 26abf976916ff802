# verdict: error
# fault: crash
# says: The process that ran your code was ended by SIG
#
# Which signal is shown depends on whether the box is the first process of a namespace.
import os

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        os.abort()
