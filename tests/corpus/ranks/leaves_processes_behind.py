# verdict: passed
# grader: ranks
#
# Each rank leaves a daemon and a thread behind.
import os
import threading
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if os.fork() == 0:
            os.setsid()
            time.sleep(20)
            os._exit(0)
        threading.Thread(target=time.sleep, args=(20,)).start()
        return ((input - target) ** 2).mean()
