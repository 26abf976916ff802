# verdict: passed
#
# Another default dtype, set at import.
import torch
from torch import nn

torch.set_default_dtype(torch.float64)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
