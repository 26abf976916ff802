# verdict: error
# fault: memory
# says: Your code asked for more memory than
# grader: value
#
# Small objects without end: with an end here, but far above what is allowed.
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        kept = []
        for _ in range(4_000_000):
            kept.append(bytes(1000))
        return ((input - target) ** 2).mean()
