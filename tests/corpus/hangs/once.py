# verdict: failed
# fault: timeout
# says: This took longer than 1.5 s and was stopped.
# seconds: 1.5
#
# Only one requirement hangs: the others are still decided.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        while input.requires_grad:
            pass
        return ((input - target) ** 2).mean()
