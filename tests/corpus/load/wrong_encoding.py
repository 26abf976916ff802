# verdict: error
# fault: syntax
# says: Your file is not valid Python
#
# Saved in Latin-1, with no word of it.
from torch import nn


TITLE = "L'écart carré moyen"


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        return ((input - target) ** 2).mean()
