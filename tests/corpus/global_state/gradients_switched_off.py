# verdict: failed
# says: does not require grad
#
# Switched off for good at import.
import torch
from torch import nn

torch.set_grad_enabled(False)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
