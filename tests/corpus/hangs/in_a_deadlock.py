# verdict: error
# fault: timeout
# says: Last seen in line 16.
# seconds: 0.6
# grader: value
#
# A lock taken twice.
import threading

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        lock = threading.Lock()
        with lock, lock:
            return ((input - target) ** 2).mean()
