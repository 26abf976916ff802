# verdict: failed
# says: No gradient arrived (it is None).
#
# The graph hangs on something else than the input.
import torch
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        fresh = input.detach().clone().requires_grad_()
        return ((fresh - target) ** 2).mean()
