# verdict: failed
# says: Your code raised EOFError (line 10)
#
# Nobody is there to type.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        name = __builtins__["input"]("name? ")
        return len(name)
