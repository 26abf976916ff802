# verdict: error
# fault: memory
# says: Your code asked for more memory than the 256 MiB that this exercise allows.
# grader: value
#
# Shared memory counts for no limit of the kernel: somebody has to look. Bounded at 3 GB.
import mmap
import time

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        kept = []
        for _ in range(48):
            block = mmap.mmap(-1, 64 * 2**20)
            for page in range(0, len(block), 4096):
                block[page] = 1
            kept.append(block)
        time.sleep(20)
