# verdict: error
# fault: exit
# says: Rank 0 ended its process
# grader: ranks
#
# A rank that leaves.
import os

import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 0:
            os._exit(0)
        return ((input - target) ** 2).mean()
