# verdict: passed
#
# A right answer that leaves a daemon in a session of its own, with a child of its own. Neither may stay.
import os
import time

from torch import nn


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.setsid()
            os.fork()
            time.sleep(20)
        os._exit(0)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        daemon()
        return ((input - target) ** 2).mean()
