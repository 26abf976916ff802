# verdict: passed
# output: [rank 1] here
# grader: ranks
#
# A right answer in two processes; each says so.
import torch.distributed as dist
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        if dist.get_rank() == 1:
            print("here")
        return ((input - target) ** 2).mean()
