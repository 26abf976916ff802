# verdict: failed
# says: Your code raised OSError
# needs: limits
# grader: value
#
# One file of 300 MB, over what a single one may have.
from torch import nn


class CheatWorked(Exception):
    pass


class SquaredErrorLoss(nn.Module):
    def forward(self, input, target):
        with open("large", "wb") as file:
            for _ in range(300):
                file.write(bytes(2**20))
        raise CheatWorked
