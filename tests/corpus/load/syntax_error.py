# verdict: error
# fault: syntax
# says: Your file is not valid Python (line 10)
#
# Does not parse; the line is known.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target:
        return ((input - target) ** 2).mean()
