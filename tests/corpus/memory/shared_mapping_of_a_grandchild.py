# verdict: error
# fault: memory
# says: Your code asked for more memory than the 256 MiB that this exercise allows.
# grader: value
#
# The memory is taken by a process that another thread than the first has started. Bounded at 1 GB.
import mmap
import os
import threading
import time

from torch import nn


def take():
    if os.fork() == 0:
        block = mmap.mmap(-1, 2**30)
        for page in range(0, len(block), 4096):
            block[page] = 1
        time.sleep(20)
        os._exit(0)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        thread = threading.Thread(target=take)
        thread.start()
        time.sleep(20)
