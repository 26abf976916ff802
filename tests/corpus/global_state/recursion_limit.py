# verdict: failed
# says: Your code raised RecursionError
#
# Almost no recursion left.
import sys

from torch import nn


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        sys.setrecursionlimit(len(__import__("traceback").extract_stack()) + 12)
        return self.deeper(input, 40)

    def deeper(self, input, left):
        return self.deeper(input, left - 1) if left else input.sum()
