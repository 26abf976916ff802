# verdict: failed
# says: should have dtype torch.float32, but it has torch.complex64
#
# A number with an imaginary part.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean().to(torch.complex64) + 1j
