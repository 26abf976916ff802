# verdict: failed
# says: Rank 0 waited for ranks that had already finished (finished: 1)
# grader: ranks
#
# The other rank takes it for the call that comes next.
import torch
import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 0:
            dist.all_reduce(torch.zeros(()))
        return ((input - target) ** 2).mean()
