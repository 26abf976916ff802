# verdict: error
# fault: timeout
# says: Still running: rank 0 in line 17, rank 1 in line 17.
# seconds: 4
# grader: ranks
#
# Each waits for the other, in C code.
import torch
import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        other = 1 - dist.get_rank()
        # To whom it was never sent.
        dist.recv(torch.empty(1), other)
        return ((input - target) ** 2).mean()
