# verdict: failed
# says: should be
#
# At random, from the operating system: seeds do not help it.
import random

import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return torch.tensor(random.SystemRandom().uniform(3, 9)) + 0 * input.sum()
