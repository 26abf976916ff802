# verdict: passed
#
# Two threads where one is the default.
import torch
from torch import nn

torch.set_num_threads(2)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        torch.mm(torch.ones(300, 300), torch.ones(300, 300))
        torch.ones(1_000_000).sum()
        return ((input - target) ** 2).mean()
