# verdict: passed
#
# Another default device, set at import: inputs still arrive where they belong.
import torch
from torch import nn

torch.set_default_device("meta")


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
