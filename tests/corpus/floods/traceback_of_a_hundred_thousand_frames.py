# verdict: failed
# says: Your code raised ValueError (line 14): raised again and again
# grader: value
#
# An exception that has been raised again so often that its traceback is longer than anybody can read.
from torch import nn

error = ValueError("raised again and again")


def deeper(left):
    if left:
        deeper(left - 1)
    raise error


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        for _ in range(1000):
            try:
                deeper(100)
            except ValueError:
                pass
        raise error
