# verdict: failed
# says: None came for the loss: does every path return something?
#
# return forgotten.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        loss = ((input - target) ** 2).mean()
