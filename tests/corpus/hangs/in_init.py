# verdict: error
# fault: timeout
# says: This took longer than 0.6 s and was stopped. Last seen in line 13. | Last seen in line 14.
# seconds: 0.6
# grader: value
#
# The line is known although nothing was raised.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def __init__(self):
        while True:
            pass
