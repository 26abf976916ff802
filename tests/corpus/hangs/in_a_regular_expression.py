# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.6
# grader: value
#
# Backtracking without end, holding the interpreter's lock.
import re

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return re.match(r"(a+)+$", "a" * 60 + "b")
