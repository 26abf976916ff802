# verdict: error
# fault: memory
# says: Your code asked for more memory than
# grader: value
#
# The classic: every step's tensor is kept.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        kept = []
        for _ in range(300):
            kept.append(torch.ones(2_500_000))
        return ((input - target) ** 2).mean()
