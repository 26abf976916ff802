# verdict: failed
# says: Your code raised UnicodeEncodeError
#
# The same as an answer.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return "half \ud83d of it"
