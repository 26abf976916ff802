# verdict: error
# fault: crash
# says: The process of rank 1 was ended by SIGKILL.
# grader: ranks
#
# A rank that dies without a word.
import os
import signal

import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return ((input - target) ** 2).mean()
