# verdict: failed
# says: Rank 1: Your code raised ValueError (line 13): only here
# grader: ranks
#
# The other rank waits for this one.
import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 1:
            raise ValueError("only here")
        return ((input - target) ** 2).mean()
