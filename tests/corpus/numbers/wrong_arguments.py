# verdict: failed
# says: Your code raised TypeError
#
# forward without its second parameter.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input):
        return (input**2).mean()
