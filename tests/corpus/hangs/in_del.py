# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.6
# grader: value
#
# The value is right, but forgetting an object takes for ever.
from torch import nn


class Clinging:
    def __del__(self):
        while True:
            pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        Clinging()
        return ((input - target) ** 2).mean()
