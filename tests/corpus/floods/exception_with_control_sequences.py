# verdict: failed
# says: Your code raised ValueError (line 10)
#
# Sentences are shown on a terminal: nothing in them may command it.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        raise ValueError("\x1b[2J\x1b]0;title\x07\x9b5A\x00 gone \r over")
