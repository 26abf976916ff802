# verdict: error
# fault: any
# says:
# grader: value
#
# Python's own limit is lifted: the stack overflows (a crash), or memory runs out, by version of Python.
import sys

from torch import nn

sys.setrecursionlimit(10**7)


class Nest:
    def __init__(self, inside):
        self.inside = inside

    def __repr__(self):
        return repr(self.inside)


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        nest = None
        for _ in range(200_000):
            nest = Nest([nest])
        return repr(nest)
