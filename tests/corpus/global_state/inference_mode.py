# verdict: failed
# says: does not require grad
#
# Entered and never left.
import torch
from torch import nn

mode = torch.inference_mode()
mode.__enter__()


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
