# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.8
# grader: value
#
# Curves are drawn while they arrive; one that never ends must cost no more than its time.
from torch import nn

from tutor.testing import curve


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            curve("loss \x1b[2J", [1.0, float("nan"), float("inf")] * 100)
