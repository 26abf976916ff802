# verdict: failed|error
# fault: any
# says:
# seconds: 0.8
#
# Both halves believe that they are the box. What they say together may be an answer or nonsense, but the right one it is not.
import os
import time

from torch import nn

os.fork()


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return input.mean()
