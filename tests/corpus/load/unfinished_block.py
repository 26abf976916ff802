# verdict: error
# fault: syntax
# says: expected an indented block
#
# Saved while the body was still to be written.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
