# verdict: failed
# says: should be
#
# Right the first time, and wrong from then on.
from torch import nn

answered = []


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        answered.append(1)
        return ((input - target) ** 2).mean() * len(answered)
