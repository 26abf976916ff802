# verdict: error
# fault: memory
# says: Your code asked for more memory than
#
# Small objects without end (with an end, far above what is allowed).
from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        kept = []
        for _ in range(4_000_000):
            kept.append([1.0] * 100)
        return ((input - target) ** 2).mean()
