# verdict: error
# fault: syntax
# says: inconsistent use of tabs and spaces
#
# Eight spaces on one line, a tab on the next.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        difference = input - target
	return (difference ** 2).mean()
