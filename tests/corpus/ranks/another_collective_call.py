# verdict: error
# fault: timeout
# says: Still running: rank 0 in line 15, rank 1.
# seconds: 4
# grader: ranks
#
# The other rank waits as well, but in another call, which is the grader's.
import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 0:
            dist.barrier()
        return ((input - target) ** 2).mean()
