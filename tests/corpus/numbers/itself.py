# verdict: failed
# says: nested too deeply
#
# A list that holds itself.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        endless = []
        endless.append(endless)
        return endless
