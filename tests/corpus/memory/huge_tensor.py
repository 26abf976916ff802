# verdict: error
# fault: memory
# says: Your code asked for more memory than
#
# 16 GB at once. Refused before a single page is touched.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return torch.ones(4_000_000_000).mean()
