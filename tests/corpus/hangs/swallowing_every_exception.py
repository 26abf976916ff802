# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.6
# grader: value
#
# A deadline that arrives as an exception is swallowed.
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            try:
                time.sleep(0.01)
            except BaseException:
                pass
