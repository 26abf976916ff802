# verdict: error
# fault: timeout
# says: Last seen in line 12. | Last seen in line 13.
# seconds: 0.6
#
# The plainest hang.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while True:
            pass
