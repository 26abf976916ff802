# verdict: failed
# says: gradient should be finite
#
# The value is right, its gradient is 0 · ∞.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean() + 0 * torch.sqrt(0 * input).sum()
