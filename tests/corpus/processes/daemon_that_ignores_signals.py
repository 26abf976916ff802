# verdict: error
# fault: timeout
# says: and was stopped.
# seconds: 0.8
# grader: value
#
# The box is killed; what it started ignores every signal that can be ignored.
import os
import signal
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if os.fork() == 0:
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(20)
            os._exit(0)
        while True:
            pass
