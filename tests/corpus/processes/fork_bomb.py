# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 1
# grader: value
#
# A fork bomb, bounded at 50 processes that end by themselves after 20 seconds.
import os
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for _ in range(50):
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
        time.sleep(20)
