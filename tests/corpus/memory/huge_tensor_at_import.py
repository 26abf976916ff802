# verdict: error
# fault: memory
# says: Your code asked for more memory than the 256 MiB that this exercise allows. Last seen in line 9.
#
# The same, before any requirement begins.
import torch
from torch import nn

table = torch.zeros(4_000_000_000)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
