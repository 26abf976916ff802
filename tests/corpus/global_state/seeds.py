# verdict: passed
#
# Every seed set, every generator used.
import random

import numpy
import torch
from torch import nn

random.seed(1)
numpy.random.seed(1)
torch.manual_seed(1)
torch.randn(1000)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        torch.manual_seed(7)
        return ((input - target) ** 2).mean()
