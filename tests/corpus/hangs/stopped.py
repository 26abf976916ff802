# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.8
# grader: value
# needs: pid
#
# Not busy and not asleep but stopped, from inside and by a process of its own.
import os
import signal
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        own = os.getpid()
        if os.fork() == 0:
            os.setsid()
            for _ in range(200):
                os.kill(own, signal.SIGSTOP)
                time.sleep(0.1)
            os._exit(0)
        os.kill(own, signal.SIGSTOP)
        while True:
            time.sleep(1)
