# verdict: passed
#
# Right by another way: a norm, divided.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        difference = (input - target).flatten()
        return torch.einsum("i,i->", difference, difference) / difference.numel()
