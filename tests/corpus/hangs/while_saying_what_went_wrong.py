# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.6
# grader: value
#
# An exception whose text takes for ever.
from torch import nn


class Endless(Exception):
    def __str__(self):
        while True:
            pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise Endless
