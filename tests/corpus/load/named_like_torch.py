# verdict: error
# fault: import
# says: Importing your file failed
# name: torch
#
# The learner's file is called torch.py, so that it imports itself in torch's place.
import torch
from torch import nn

torch.manual_seed(0)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
